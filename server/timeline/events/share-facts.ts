import type { MaterialKind } from '../../../shared/contract/materials.ts'
import type { Depth, TrackedEvent } from '../../../shared/contract/track.ts'
import { keepAmong } from '../../base/bounded.ts'
import type { Database } from '../../base/db/database.ts'
import { kept } from '../../base/kept.ts'

const mostRemembered = 50_000

/** How far one can get in a material. The total of an article is 100 percent. */
export interface Measure {
  unit: Depth['unit']
  total: number
}

interface ShareFacts {
  corpId: string
  /** Null: nobody can get anywhere in this kind. */
  measure: Measure | null
}

/** What the events under a share must agree with. */
export interface ShareBook {
  /**
   * Returns the facts of each share in these events. The corp, the material and its pages never
   * change, so they are remembered. Unknown shares are left out and not remembered, because a
   * forward may be reported before its share is created.
   */
  of(events: readonly { event: TrackedEvent }[]): Promise<ReadonlyMap<string, ShareFacts>>
}

export const shareBook = kept<ShareBook>('facts of shares')

const units: Readonly<Record<MaterialKind, Depth['unit'] | null>> = {
  article: 'percent',
  file: 'page',
  video: 'second',
  image: null,
  link: null,
}

const factsSql = `
select shares.id, shares.corp_id, material.kind, material.total
from shares left join lateral (
  select kind, case kind when 'article' then 100
    when 'file' then jsonb_array_length(body -> 'pageFileIds')
    when 'video' then (body ->> 'seconds')::float8 end as total
  from materials where id = shares.material_id limit 1) as material on true
where shares.id = any($1::uuid[])`

interface FactsRow {
  id: string
  corp_id: string
  kind: MaterialKind | null
  total: number | null
}

export function openShareBook(db: Database): ShareBook {
  const remembered = new Map<string, ShareFacts>()
  return {
    async of(events) {
      const missing = new Set<string>()
      for (const { event } of events)
        if ('shareId' in event && !remembered.has(event.shareId)) missing.add(event.shareId)
      if (missing.size === 0) return remembered
      const { rows } = await db.$client.query<FactsRow>({
        name: 'share-facts',
        text: factsSql,
        values: [[...missing]],
      })
      for (const row of rows) keepAmong(remembered, mostRemembered, row.id, factsOf(row))
      return remembered
    },
  }
}

function factsOf({ corp_id: corpId, kind, total }: FactsRow): ShareFacts {
  const unit = kind && units[kind]
  return { corpId, measure: unit === null || total === null ? null : { unit, total } }
}

/** Players find a film a little longer or shorter than its publisher said. */
const slackSeconds = 2

/**
 * Returns a reported depth as far as the material allows it: undefined for another unit, and the
 * material's own total instead of an impossible one.
 */
export function possibleDepth(depth: Depth, measure: Measure | null): Depth | undefined {
  if (depth.unit !== measure?.unit) return undefined
  if (depth.unit === 'percent') return depth
  const slack = depth.unit === 'second' ? slackSeconds : 0
  if (Math.abs(depth.total - measure.total) <= slack) return depth
  return {
    unit: depth.unit,
    reached: Math.min(depth.reached, measure.total),
    total: measure.total,
  }
}
