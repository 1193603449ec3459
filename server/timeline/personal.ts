import type { Context } from '../base/context.ts'
import type { Transaction } from '../base/db/database.ts'
import { sql } from 'drizzle-orm'
import { nobody } from '../base/db/nobody.ts'
import type { Counts } from '../domain.ts'

const atOnce = 2_000

interface ForgottenHistory extends Counts {
  events: number
  moments: number
  /** Moments of other readers that no longer name the receiver of the share. */
  unaddressed: number
}

/**
 * Deletes a few thousand rows of these identities' history. Returns zeros only when nothing is
 * left. Events go first, because moments could be derived from them again.
 *
 * Deleting a moment writes, by trigger, what the statistics lose, under the identity's id. The same
 * transaction moves these changes, the changes that are not folded yet, and the reader's counts to
 * nobody. Counts stay right, because the counts of nobody reach zero with the last moment. No row
 * names the identity afterwards.
 */
export async function forgetHistory(
  tx: Transaction,
  identityIds: readonly string[],
): Promise<ForgottenHistory> {
  const ids = sql`${sql.param([...identityIds])}::uuid[]`
  // The ids as an array, so that each partition is read by its primary key.
  const events = await rowsOf(
    tx.execute(
      sql`delete from events where id = any(array(select id from events where identity_id = any(${ids}) limit ${atOnce}))`,
    ),
  )
  if (events > 0) return { events, moments: 0, unaddressed: 0 }
  const moments = await rowsOf(
    tx.execute(sql`
      with gone as (
          delete from moments where id = any(
            array(select id from moments where identity_id = any(${ids}) limit ${atOnce}))
          returning id, target_identity_id),
        untold as (
          delete from moment_changes using gone
          where of = target_identity_id and moment_id = gone.id)
      select from gone`),
  )
  const unaddressed = await rowsOf(
    tx.execute(sql`update moments set target_identity_id = null
      where id = any(
        array(select id from moments where target_identity_id = any(${ids}) limit ${atOnce}))`),
  )
  await tx.execute(sql`delete from moment_changes where of = any(${ids})`)
  // Changes go before counts. We wait for the rows that a running fold has taken, and the next
  // statement sees its counts.
  await tx.execute(
    sql`update rollup_deltas set identity_id = ${nobody}::uuid where identity_id = any(${ids})`,
  )
  await tx.execute(sql`
    with gone as (
      delete from readers where identity_id = any(${ids}) returning share_id, material_id, opens)
    insert into readers as old (share_id, identity_id, material_id, opens)
    select share_id, ${nobody}::uuid, (array_agg(material_id))[1], sum(opens) from gone
    group by share_id order by share_id
    on conflict (share_id, identity_id) do update set opens = old.opens + excluded.opens`)
  return { events: 0, moments, unaddressed }
}

async function rowsOf(statement: Promise<{ rowCount: number | null }>): Promise<number> {
  return (await statement).rowCount ?? 0
}

const pageSize = 1_000

/**
 * Yields the person's own moments, oldest first. Moments of strangers under shares to this person
 * belong to the strangers.
 */
export async function* personalMoments(
  ctx: Context,
  identityIds: readonly string[],
): AsyncGenerator<object[]> {
  let after: [at: string, id: string] = ['-infinity', nobody]
  for (;;) {
    const { rows } = await ctx.adHoc.$client.query<{ moment: object; at: string; id: string }>({
      text: `select to_jsonb(moments) - 'txid' as moment, occurred_at::text as at, id from moments
        where identity_id = any($1::uuid[]) and (occurred_at, id) > ($2::timestamptz, $3::uuid)
        order by occurred_at, id limit ${pageSize}`,
      values: [identityIds, ...after],
    })
    const last = rows.at(-1)
    if (!last) return
    yield rows.map(({ moment }) => moment)
    after = [last.at, last.id]
  }
}

/** Yields the reports of the person's devices, by event id. */
export async function* personalEvents(
  ctx: Context,
  identityIds: readonly string[],
): AsyncGenerator<object[]> {
  for (let after: string = nobody; ;) {
    const { rows } = await ctx.adHoc.$client.query<{ event: object; id: string }>({
      text: `select to_jsonb(events) as event, id from events where identity_id = any($1::uuid[]) and id > $2::uuid order by id limit ${pageSize}`,
      values: [identityIds, after],
    })
    const last = rows.at(-1)
    if (!last) return
    yield rows.map(({ event }) => event)
    after = last.id
  }
}
