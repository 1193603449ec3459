import type { Context } from '../../base/context.ts'
import { type Job, lockOf } from '../../base/db/jobs.ts'
import { nobody } from '../../base/db/nobody.ts'

const mostAtOnce = 5_000

/**
 * Moves the changes into the roll-ups in one statement. A statement that reads both sees each
 * change once.
 */
const foldDeltas = `
with taken as (
  delete from rollup_deltas where id <= (
    select max(id) from (
      select id from rollup_deltas order by id limit ${mostAtOnce}) as oldest) returning *
), sums as (
  select "of", measure, bucket, sum(count) as count from (
    select unnest(array[share_id, material_id]) as "of", measure, bucket, count from (
      select share_id, material_id, 'seconds' as measure, seconds_to as bucket, 1 as count
        from taken where seconds_to is not null
      union all select share_id, material_id, 'seconds', seconds_from, -1 from taken
        where seconds_from is not null
      union all select share_id, material_id, 'depth', depth_to, 1 from taken
        where depth_to is not null
      union all select share_id, material_id, 'depth', depth_from, -1 from taken
        where depth_from is not null
      union all select share_id, material_id, 'forwards', 0, forwards from taken where forwards <> 0
    ) as each) as both_of group by "of", measure, bucket having sum(count) <> 0
), counted as (
  insert into rollups as old ("of", measure, bucket, count)
  select "of", measure, bucket, count from sums order by "of", measure, bucket
  on conflict ("of", measure, bucket) do update set count = old.count + excluded.count
), known as (
  insert into readers as old (share_id, identity_id, material_id, opens, depth)
  select share_id, identity_id, (array_agg(material_id))[1], sum(opens), max(depth_to) from taken
  where opens <> 0 or depth_to is not null
  group by share_id, identity_id having sum(opens) <> 0 or max(depth_to) is not null
  order by share_id, identity_id
  on conflict (share_id, identity_id) do update set opens = old.opens + excluded.opens,
    depth = greatest(old.depth, excluded.depth)
)
select count(*)::int as taken from taken`

/**
 * Keeps the pile of changes small. When it does not run, reading takes longer, but nothing is
 * wrong.
 */
export const rollUp: Job = { name: 'roll-up', everyMs: 2_000, run: rollUpNow }

export async function rollUpNow(ctx: Context): Promise<void> {
  for (;;) {
    const { rows } = await ctx.db.$client.query<{ taken: number }>({
      name: 'roll-up',
      text: foldDeltas,
    })
    if ((rows[0]?.taken ?? 0) < mostAtOnce || ctx.closing.aborted) return
  }
}

/**
 * Makes the roll-ups anew from the moments, while events go on arriving. It reads one snapshot, in
 * which the moments agree with the changes that are not folded yet. Later commits stay in the pile
 * and are added later.
 */
export async function rebuildRollups(ctx: Context): Promise<void> {
  const client = await ctx.adHoc.$client.connect()
  try {
    // Before the snapshot, so that no fold runs meanwhile.
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [lockOf(rollUp)])
    await client.query('begin isolation level repeatable read')
    await client.query('delete from rollup_deltas')
    await client.query('delete from rollups')
    await client.query('delete from readers')
    await client.query(`
      insert into rollup_deltas (material_id, share_id, identity_id, opens, forwards,
        seconds_to, depth_to)
      select material_id, share_id, identity_id, 1, 0, seconds_to, depth_to
      from moments where kind = 'material.view' and share_id is not null
        and material_id is not null
      union all
      select material_id, parent_id, '${nobody}'::uuid, 0, 1, null, null
      from opened_forwards`)
    await client.query(foldDeltas.replace(`limit ${mostAtOnce}`, ''))
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    // Ends the session, and with it the lock.
    client.release(true)
  }
}
