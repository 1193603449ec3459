import type { TrackedEvent } from '../../../shared/contract/track.ts'
import { keepAmong } from '../../base/bounded.ts'
import type { Database } from '../../base/db/database.ts'
import { kept } from '../../base/kept.ts'

const mostRemembered = 50_000

export interface ShareCorps {
  /**
   * Returns the corp of each share in these events. A share's corp never changes, so it is
   * remembered. Unknown shares are left out and not remembered, because a forward may be reported
   * before its share is created.
   */
  of(events: readonly { event: TrackedEvent }[]): Promise<ReadonlyMap<string, string>>
}

export const shareCorps = kept<ShareCorps>('corps of shares')

export function openShareCorps(db: Database): ShareCorps {
  const remembered = new Map<string, string>()
  return {
    async of(events) {
      const missing = new Set<string>()
      for (const { event } of events)
        if ('shareId' in event && !remembered.has(event.shareId)) missing.add(event.shareId)
      if (missing.size === 0) return remembered
      const { rows } = await db.$client.query<{ id: string; corp_id: string }>({
        name: 'share-corps',
        text: 'select id, corp_id from shares where id = any($1::uuid[])',
        values: [[...missing]],
      })
      for (const { id, corp_id: corp } of rows) keepAmong(remembered, mostRemembered, id, corp)
      return remembered
    },
  }
}
