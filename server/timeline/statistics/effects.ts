import { type MaterialEffect, mostPeople } from '../../../shared/contract/materials.ts'
import type { Context } from '../../base/context.ts'
import { type NameRule, ruleSql } from '../rule.ts'

/** How many of the readers who got furthest are looked at for names. */
const mostLookedAt = 50
const mostNamed = 2

/**
 * $1 are the materials. Roll-ups and changes that are not folded yet are read together, except for
 * the names, which may be two seconds late. Somebody who does not want to be tracked counts, for
 * earlier reading, and has no name.
 */
function effectsSql(names: NameRule): string {
  return `
  with fresh as materialized (
    select material_id, share_id, identity_id, opens, depth_to from rollup_deltas
    where material_id = any($1::uuid[])
  )
  select wanted.id, visits.opens, people.people, people.measured, people.finished, best.best
  from unnest($1::uuid[]) as wanted(id)
  cross join lateral (
    select (coalesce((select sum(count) from rollups
        where "of" = wanted.id and measure = 'seconds'), 0)
      + coalesce((select sum(opens) from fresh where material_id = wanted.id), 0))::int as opens
  ) as visits
  cross join lateral (
    select count(*)::int as people, count(depth)::int as measured,
      (count(*) filter (where depth = 10))::int as finished
    from (
      select person_id, max(depth) as depth from (
        (select identity_id, depth from readers
          where material_id = wanted.id and opens > 0 limit ${mostPeople})
        union all
        (select identity_id, depth_to from fresh
          where material_id = wanted.id and (opens > 0 or depth_to is not null)
          limit ${mostPeople})
      ) as opened cross join lateral (
        select person_id from identities where id = opened.identity_id limit 1) as reader
      group by person_id limit ${mostPeople}
    ) as persons
  ) as people
  cross join lateral (
    select coalesce(json_agg(json_build_object('name', name, 'tenths', depth)
      order by depth desc, opens desc, person_id), '[]') as best
    from (
      select person_id, depth, opens, name from (
        select person_id, max(depth) as depth, sum(opens) as opens from (
          select identity_id, depth, opens from readers
          where material_id = wanted.id and depth is not null
          order by depth desc limit ${mostLookedAt}
        ) as furthest cross join lateral (
          select person_id from identities
          where id = furthest.identity_id and tracking_off_at is null limit 1) as reader
        group by person_id
      ) as persons cross join lateral (${ruleSql(names, 'persons.person_id', 2)}) as named
      where depth > 0
      order by depth desc, opens desc, person_id limit ${mostNamed}
    ) as known
  ) as best`
}

interface EffectRow {
  id: string
  opens: number
  people: number
  measured: number
  finished: number
  best: MaterialEffect['best']
}

/** Returns how these materials do, by their ids, in one statement. */
export async function effectsOf(
  ctx: Context,
  materialIds: readonly string[],
  names: NameRule,
): Promise<ReadonlyMap<string, MaterialEffect>> {
  if (materialIds.length === 0) return new Map()
  const { rows } = await ctx.db.$client.query<EffectRow>({
    name: 'material-effects',
    text: effectsSql(names),
    values: [materialIds, ...names.values],
  })
  return new Map(
    rows.map(({ id, opens, people, measured, finished, best }) => [
      id,
      { opens, people, finished: measured > 0 ? finished : null, best },
    ]),
  )
}
