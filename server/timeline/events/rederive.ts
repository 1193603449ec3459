import type pg from 'pg'
import {
  countedColumns,
  countForwardsSql,
  countSql,
  foldSql,
  growsSql,
  growSql,
  momentColumns,
  momentKindSql,
  momentValues,
  openedSql,
  sameMomentSql,
} from './fold.ts'
import { logSql } from '../live/changes.ts'
import { momentsChannel, mostIdsInNotice } from '../live/tell.ts'

export interface Rederived {
  /** How many moments the events belong to. */
  looked: number
  /** How many of them differed from their events, and how many were missing. */
  changed: number
  made: number
}

export interface RederiveOptions {
  pool: pg.Pool
  /**
   * Moments that began earlier may have lost events to retention, so they may only grow. Null:
   * every event was kept.
   */
  wholeSince: Date | null
  /** Reports what would change and changes nothing. */
  check?: boolean
  momentsAtOnce?: number
  /** `until`: every moment up to this id is done. The id is a UUIDv7, so it tells a time. */
  onProgress?: (so: Rederived & { until: string }) => void
  signal?: AbortSignal
}

/**
 * SQL for the moments of some events, each once. When two identities claim one moment, its present
 * owner counts.
 */
const derivedSql = `
  select distinct on (folded.moment) folded.* from (${foldSql(
    `(select moment_id as moment, corp_id as corp, identity_id as identity, share_id as share, kind,
      reported_at as reported, occurred_at as occurred, received_at as received,
      properties, ${momentKindSql} as moment_kind,
      case substr(visit_id::text, 15, 1) when '8' then issued_at(visit_id) else
        coalesce(
          (select coalesce(observed_at, occurred_at) from moments where id = moment_id limit 1),
          min(received_at) over (partition by moment_id)) end as observed
      from events where moment_id = any($1::uuid[])) as source`,
  )}) as folded left join moments on moments.id = folded.moment
  where moment_kind is not null
  order by folded.moment,
    (moments.identity_id = folded.identity and moments.kind = folded.moment_kind) desc nulls last,
    folded.occurred`

const said =
  'old.occurred_at, old.updated_at, old.active_seconds, old.depth_unit, old.depth_reached, old.depth_total, old.ended_at, old.shown_at, old.seen_at, old.item, old.seconds_to, old.depth_to'
const meant =
  'derived.occurred, derived.updated, derived.seconds, derived.unit, derived.reached, derived.total, derived.ended, derived.shown, derived.seen, derived.item, derived.seconds_to, derived.depth_to'

/**
 * $1 are the moments, $2 the time since when every event was kept. Existing moments are locked
 * already, so this sees every committed change, and later changes wait for us.
 */
const rewriteSql = `
with derived as materialized (
  select *, received as updated,
    case moment_kind when 'material.view' then seconds_bucket(seconds) end as seconds_to,
    case moment_kind when 'material.view' then depth_bucket(reached, total) end as depth_to
  from (${derivedSql}) as one
), rewritten as (
  update moments as old set occurred_at = derived.occurred, updated_at = derived.updated,
    active_seconds = derived.seconds, depth_unit = derived.unit,
    depth_reached = derived.reached, depth_total = derived.total, ended_at = derived.ended,
    shown_at = derived.shown, seen_at = derived.seen,
    item = derived.item,
    revision = nextval('moment_revision'), txid = pg_current_xact_id(),
    seconds_from = old.seconds_to, seconds_to = derived.seconds_to,
    depth_from = old.depth_to, depth_to = derived.depth_to
  from derived
  where old.id = derived.moment and old.identity_id = derived.identity
    and old.kind = derived.moment_kind
    and ($2::timestamptz is null or old.occurred_at >= $2::timestamptz)
    and (${said}) is distinct from (${meant})
  returning ${countedColumns.replace(/\w+/g, 'old.$&')}, false as made
), grown as (
  insert into moments as old (${momentColumns}) select ${momentValues} from derived
  where not exists (
    select from moments where moments.id = derived.moment
      and ($2::timestamptz is null or moments.occurred_at >= $2::timestamptz)
  ) order by moment
  on conflict (id) do update set ${growSql} where ${sameMomentSql} and ${growsSql}
  returning ${countedColumns}, xmax = 0 as made
), changed as (select * from rewritten union all select * from grown
), counted as (${countSql('changed')}
), opened as (${openedSql('changed')}
), counted_forwards as (${countForwardsSql('opened')}
), logged as (${logSql('changed')}
), woken as (
  select identity, (row_number() over () - 1) / ${mostIdsInNotice} as part from (
    select identity_id as identity from changed
    union select target_identity_id from changed) as reached where identity is not null
), told as (
  select pg_notify('${momentsChannel}', json_build_object('of', json_agg(identity))::text)
    from woken group by part
)
select (select count(*) from derived)::int as looked,
  (select count(*) from rewritten)::int
    + (select count(*) from grown where not made)::int as changed,
  (select count(*) from grown where made)::int as made, (select count(*) from told)::int as told`

/**
 * Rederives every moment from its raw events, while events go on arriving: a few hundred at a time,
 * each lot in a transaction of its own. It may be stopped and started again at any time. It leaves
 * moments without events alone (work orders, people who were recognised).
 */
export async function rederive(options: RederiveOptions): Promise<Rederived> {
  const { pool, wholeSince, check = false, momentsAtOnce = 500, onProgress, signal } = options
  const total: Rederived = { looked: 0, changed: 0, made: 0 }
  for (let after = '00000000-0000-0000-0000-000000000000'; !signal?.aborted;) {
    const { rows } = await pool.query<{ id: string }>(
      'select distinct moment_id as id from events where moment_id > $1::uuid order by moment_id limit $2',
      [after, momentsAtOnce],
    )
    const ids = rows.map(({ id }) => id)
    const until = ids.at(-1)
    if (until === undefined) break
    const lot = await rewrite(pool, ids, wholeSince, check)
    total.looked += lot.looked
    total.changed += lot.changed
    total.made += lot.made
    onProgress?.({ ...total, until })
    after = until
  }
  return total
}

async function rewrite(
  pool: pg.Pool,
  ids: readonly string[],
  wholeSince: Date | null,
  check: boolean,
): Promise<Rederived> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('select from moments where id = any($1::uuid[]) order by id for update', [
      ids,
    ])
    // A separate statement: it sees what was committed while we waited for the locks.
    const { rows } = await client.query<Rederived>(rewriteSql, [
      ids,
      wholeSince?.toISOString() ?? null,
    ])
    await client.query(check ? 'rollback' : 'commit')
    return rows[0] ?? { looked: 0, changed: 0, made: 0 }
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}
