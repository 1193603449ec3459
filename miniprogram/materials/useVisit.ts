import type { Depth } from '../../shared/contract/track.ts'
import type { Visit } from '../../shared/tracker/tracker.ts'
import { isMember } from '../bridge/session.ts'
import { usePageLife, useSignsOfLife } from '../bridge/lifecycle.ts'
import { endVisit, startVisit } from '../bridge/tracking.ts'

/**
 * Makes one visit per opening of the page. It begins when the material is on screen. A member's
 * look makes none.
 */
export function useVisit() {
  let visit: Visit | null = null
  let begun: string | null = null
  let visitIds: string[] = []

  usePageLife({
    show() {
      // A page that came back from the browser's cache is a new opening.
      if (begun !== null && visit === null) start(begun, visitIds)
      visit?.show()
    },
    hide: () => visit?.hide(),
    leave() {
      if (begun !== null) endVisit(begun)
      visit = null
    },
  })
  useSignsOfLife(() => visit?.touch())

  /** `ids` came with the share; each opening takes one. */
  function start(shareId: string, ids: readonly string[]): void {
    if (isMember()) return
    begun = shareId
    visitIds = ids.slice(1)
    visit = startVisit(shareId, ids[0])
  }

  return {
    start,
    reach: (depth: Depth) => visit?.reach(depth),
    touch: () => visit?.touch(),
    click: (item: string) => visit?.click(item),
    share: (childShareId: string) => visit?.share(childShareId),
  }
}
