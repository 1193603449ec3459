import { computed, type ComputedRef } from 'vue'
import { sidebarLater as english } from '../../shared/text/en/sidebar-later.ts'
import {
  sidebarLater as chinese,
  type SidebarLaterText,
} from '../../shared/text/zh-CN/sidebar-later.ts'
import { useLocale } from './words.ts'

/** Both languages are small; they load together with the parts that need them. */
export function useLaterText(): ComputedRef<SidebarLaterText> {
  const locale = useLocale()
  return computed(() => (locale.value === 'en' ? english : chinese))
}
