import { computed, type ComputedRef } from 'vue'
import { sidebarLater as english } from '../../shared/text/en/sidebar-later.ts'
import {
  sidebarLater as chinese,
  type SidebarLaterText,
} from '../../shared/text/zh-CN/sidebar-later.ts'
import { useLocale } from './words.ts'

/** Both languages are small and come together with what needs them. */
export function useLaterText(): ComputedRef<SidebarLaterText> {
  const locale = useLocale()
  return computed(() => (locale.value === 'en' ? english : chinese))
}
