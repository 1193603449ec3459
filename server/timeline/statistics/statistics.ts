import type { Reply } from '../../../shared/contract/endpoint.ts'
import {
  type forwardTree,
  mostForwards,
  type Statistics,
} from '../../../shared/contract/statistics.ts'
import type { Context } from '../../base/context.ts'
import { maskedLabel } from '../../base/masked.ts'
import { type NameRule, ruleSql } from '../rule.ts'

/**
 * Returns SQL for the counts of a share or a material: the roll-ups together with changes that are
 * not folded yet. $1 is its id; `column` says which of the two it is. The only reader has no name
 * while they do not want to be tracked.
 */
function countsSql(column: 'share_id' | 'material_id', names: NameRule): string {
  return `
  with fresh as materialized (select * from rollup_deltas where ${column} = $1::uuid), counts as (
    select measure, bucket, sum(count) as count from (
      select measure, bucket, count from rollups where "of" = $1::uuid
      union all select 'seconds', seconds_to, 1 from fresh where seconds_to is not null
      union all select 'seconds', seconds_from, -1 from fresh where seconds_from is not null
      union all select 'depth', depth_to, 1 from fresh where depth_to is not null
      union all select 'depth', depth_from, -1 from fresh where depth_from is not null
      union all select 'forwards', 0, forwards from fresh
    ) as each group by measure, bucket
  ), opened as (
    select share_id, identity_id from (
      select share_id, identity_id, opens from readers where ${column} = $1::uuid
      union all select share_id, identity_id, opens from fresh
    ) as each group by share_id, identity_id having sum(opens) > 0
  )
  select coalesce((
      select json_agg(json_build_array(measure, bucket, count)) from counts where count <> 0
    ), '[]') as counts,
    persons.people, case when persons.people = 1 and persons.tracked then (
      select name from (select persons.first as person_id) as sole
        cross join lateral (${ruleSql(names, 'sole.person_id', 2)}) as named
    ) end as only_name
  from (select count(distinct person_id)::int as people, (array_agg(person_id))[1] as first,
      bool_and(tracking_off_at is null) as tracked
    from opened join identities on identities.id = opened.identity_id) as persons`
}

type Counts = [measure: 'seconds' | 'depth' | 'forwards', bucket: number, count: number][]

/** Returns the statistics. The caller has checked that the member may see them. */
export async function statisticsOf(
  ctx: Context,
  what: 'share' | 'material',
  id: string,
  names: NameRule,
): Promise<Statistics> {
  const { rows } = await ctx.db.$client.query<{
    counts: Counts
    people: number
    only_name: string | null
  }>({
    name: `statistics-${what}`,
    text: countsSql(`${what}_id`, names),
    values: [id, ...names.values],
  })
  const { counts, people, only_name } = rows[0] ?? { counts: [], people: 0, only_name: null }
  const of = (wanted: string) =>
    counts.flatMap(([measure, bucket, count]) => (measure === wanted ? [{ bucket, count }] : []))
  const seconds = of('seconds').sort((one, other) => one.bucket - other.bucket)
  const depth = Array.from(
    { length: 11 },
    (_, bucket) => of('depth').find((one) => one.bucket === bucket)?.count ?? 0,
  )
  return {
    opens: total(seconds),
    people,
    forwards: total(of('forwards')),
    medianSeconds: median(seconds),
    depth,
    onlyReader: people === 1 ? { name: only_name } : null,
  }
}

function total(counts: readonly { count: number }[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0)
}

/**
 * Returns the median in seconds. Buckets are an eighth of a doubling wide, as in the database's
 * `seconds_bucket`. Within the bucket of the middle visit, the result is proportional.
 */
function median(seconds: readonly { bucket: number; count: number }[]): number | null {
  const middle = total(seconds) / 2
  let below = 0
  for (const { bucket, count } of seconds) {
    if (below + count >= middle && count > 0) {
      const place = bucket + (middle - below) / count
      return Math.round((2 ** (place / 8) - 1) * 10) / 10
    }
    below += count
  }
  return null
}

/**
 * Breadth first, so that the limit leaves out the furthest shares. A forward that nobody else has
 * opened may be a cancelled one, so it is left out, unless somebody handed it on. A forwarder has a
 * name only for a member who knows all contacts of that person. Somebody who does not want to be
 * tracked is named on no forward, also on earlier ones.
 */
const treeSql = (names: NameRule): string => `
  with recursive up as (
    (select id, parent_id from shares where id = $1::uuid)
    union all
    (select parent.id, parent.parent_id from up cross join lateral (
      select id, parent_id from shares where id = up.parent_id limit 1) as parent)
  ), tree as (
    (select id, parent_id, forwards, forwarder_identity_id, created_at from shares
      where id = $1::uuid)
    union all
    (select child.id, child.parent_id, child.forwards, child.forwarder_identity_id, child.created_at
      from tree join shares as child on child.parent_id = tree.id)
  ), told as (
    select * from tree where id = $1::uuid
      or exists (select from opened_forwards where share_id = tree.id)
      or exists (select from shares where parent_id = tree.id)
  ), nearest as (select * from told order by forwards, created_at, id limit ${mostForwards + 2}
  ), opened as (
    select share_id, identity_id, sum(opens) as opens from (
      select share_id, identity_id, opens from readers where share_id in (select id from nearest)
      union all select share_id, identity_id, opens from rollup_deltas
        where share_id in (select id from nearest)
    ) as each group by share_id, identity_id having sum(opens) > 0
  ), counts as (
    select share_id, sum(opens)::int as opens, count(distinct person_id)::int as people
    from opened left join identities on identities.id = opened.identity_id group by share_id
  )
  select (select id from up where parent_id is null) as root_id, nearest.id, nearest.parent_id,
    nearest.forwards, nearest.created_at, coalesce(counts.opens, 0) as opens,
    coalesce(counts.people, 0) as people,
    forwarder.kind as forwarder_kind, forwarder.value as forwarder_value,
    known.name as forwarder_name
  from nearest left join counts on counts.share_id = nearest.id
  left join identities as forwarder on forwarder.id = nearest.forwarder_identity_id
    and forwarder.tracking_off_at is null
  left join lateral (${ruleSql(names, 'forwarder.person_id', 2)}) as known on true
  order by nearest.forwards, nearest.created_at, nearest.id`

interface TreeRow {
  root_id: string
  id: string
  parent_id: string | null
  forwards: number
  created_at: Date
  opens: number
  people: number
  forwarder_kind: string | null
  forwarder_value: string | null
  forwarder_name: string | null
}

/** Returns the share first, then its forwards, parents before children. */
export async function forwardsOf(
  ctx: Context,
  shareId: string,
  names: NameRule,
): Promise<Reply<typeof forwardTree>> {
  const { rows } = await ctx.db.$client.query<TreeRow>({
    name: 'forward-tree',
    text: treeSql(names),
    values: [shareId, ...names.values],
  })
  const items = rows.slice(0, mostForwards + 1).map((row) => ({
    shareId: row.id,
    parentId: row.id === shareId ? null : row.parent_id,
    forwards: row.forwards,
    by:
      row.forwarder_name ??
      (row.forwarder_kind === null
        ? null
        : maskedLabel(row.forwarder_kind, row.forwarder_value ?? '')),
    createdAt: row.created_at.toISOString(),
    opens: row.opens,
    people: row.people,
  }))
  return { items, complete: rows.length <= mostForwards + 1, rootId: rows[0]?.root_id ?? shareId }
}
