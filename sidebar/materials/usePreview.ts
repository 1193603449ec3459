import { onScopeDispose, watch, type Ref } from 'vue'
import type { Call } from '../../shared/client/call.ts'
import type { Material } from '../../shared/contract/materials.ts'
import type { Preview, Tracker } from '../../shared/tracker/tracker.ts'
import { useApp } from '../bridge/app.ts'
import { useSession } from '../bridge/session.ts'
import { makeMemberTracker } from '../bridge/tracking.ts'

/** One for the whole sidebar, because it also sends what an earlier page left. */
const trackers = new WeakMap<Call, Tracker>()

/**
 * Reports how long a member looks at a material before pushing it. Each opening of the page is one
 * preview.
 */
export function usePreview(material: Ref<Material | null>): void {
  const { call, now } = useApp()
  const session = useSession()
  const tracker =
    trackers.get(call) ?? makeMemberTracker({ call, now, member: () => session.userId })
  trackers.set(call, tracker)
  let preview: Preview | undefined

  function end(): void {
    preview?.end()
    preview = undefined
  }
  const visibility = () =>
    document.visibilityState === 'hidden' ? preview?.hide() : preview?.show()
  const touch = () => preview?.touch()

  watch(
    () => material.value?.id,
    (id) => {
      end()
      if (id !== undefined) preview = tracker.startPreview(id)
    },
    { immediate: true },
  )
  document.addEventListener('visibilitychange', visibility)
  window.addEventListener('pagehide', end)
  window.addEventListener('scroll', touch, { passive: true })
  window.addEventListener('pointerdown', touch, { passive: true })
  onScopeDispose(() => {
    end()
    document.removeEventListener('visibilitychange', visibility)
    window.removeEventListener('pagehide', end)
    window.removeEventListener('scroll', touch)
    window.removeEventListener('pointerdown', touch)
  })
}
