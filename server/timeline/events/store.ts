import type pg from 'pg'
import { logSql } from '../live/changes.ts'
import {
  countedColumns,
  countForwardsSql,
  countSql,
  foldSql,
  growsSql,
  growSql,
  momentColumns,
  momentIdSql,
  momentKindSql,
  momentValues,
  openedSql,
  sameMomentSql,
  tellForwardsSql,
} from './fold.ts'

/** The reporter and the time of arrival, the same for all events of a request. */
export interface Reporter {
  corp: string
  /** Either this or the member is null. */
  identity: string | null
  by: string | null
  version: number
  /** In milliseconds since 1970. */
  receivedAt: number
  /** How far the client's clock was behind ours at sending; negative when it was ahead. */
  skewMs: number
}

/**
 * One event as it is stored. A group of a thousand travels as one JSON parameter, so this holds
 * nothing that the database can find by itself.
 */
export interface EventRow {
  id: string
  kind: string
  visit: string
  share: string | null
  /** ISO 8601, by the client's clock. */
  reported: string
  properties: Record<string, unknown>
}

/** The events of one request. */
export interface Batch {
  reporter: Reporter
  events: readonly EventRow[]
}

/** The outcome of a group. */
export interface Stored {
  /** Moments that belong to another identity, kind or share. */
  foreign: ReadonlySet<string>
  /** Identities that do not exist. */
  unknown: ReadonlySet<string>
  /** Identities that do not want to be tracked. */
  silent: ReadonlySet<string>
  /** Identities whose timelines have changed. */
  changed: ReadonlySet<string>
}

/**
 * SQL for the reporters whose events are refused. An identity without a row was erased. Each
 * identity has its visitor's own choice; whom a member joined with it answers alone.
 */
const refusedIdentities = `
  select wanted.identity, case when own.person_id is null then 'unknown' else 'silent' end as why
  from (select distinct identity from input where identity is not null) as wanted
    left join lateral (
      select person_id, tracking_off_at from identities
      where id = wanted.identity limit 1) as own on true
  where own.person_id is null or own.tracking_off_at is not null`

/**
 * SQL for the time when the server saw a visit begin. An issued id carries it. Otherwise it is the
 * arrival of the visit's first event, which its moment keeps.
 */
const observedSql = `case substr(visit::text, 15, 1) when '8' then issued_at(visit) else
      least(received, (
        select coalesce(observed_at, occurred_at) from moments where id = visit limit 1)) end`

/**
 * A group is stored by one statement: one round trip, one transaction and one wait for the disk.
 * Both inserts go in the order of ids, so two processes with the same events can only wait for each
 * other in one direction. The revision is drawn while the row is locked, so the later state has the
 * higher one. Look-ups by id have the form `lateral … limit 1`, because the plan is made once,
 * perhaps while the tables were empty.
 */
const ingestSql = `
with reporters as (
  select * from unnest(
    $2::text[], $3::uuid[], $4::text[], $5::smallint[], $6::timestamptz[], $7::float8[]
  ) with ordinality
    as reporter(corp, identity, by, version, received, skew_ms, n)
), input as materialized (
  select id, corp, identity, by, kind, version, visit, share,
    least(reported + skew_ms * interval '1 millisecond', received) as occurred,
    reported, received, properties,
    ${momentIdSql} as moment, moment_kind,
    case when moment_kind = 'material.view' then ${observedSql} else received end as observed
  from (
    select *, ${momentKindSql} as moment_kind
    from json_to_recordset($1::json) as event(
      n int, id uuid, kind text, visit uuid, share uuid, reported timestamptz, properties jsonb)
  ) as event join reporters using (n)
), refused_identities as materialized (${refusedIdentities}
), foreign_moments as materialized (
  select claimed.moment from (
      select distinct moment, identity, moment_kind, share from input where moment is not null
    ) as claimed cross join lateral (
      select identity_id, kind, share_id from moments where id = claimed.moment limit 1) as known
  where known.identity_id <> claimed.identity or known.kind <> claimed.moment_kind
    or (known.kind = 'material.view' and known.share_id is distinct from claimed.share)
), stored as (
  insert into events (id, corp_id, identity_id, member_userid, kind, version, visit_id, share_id,
    moment_id, occurred_at, reported_at, received_at, properties)
  select id, corp, identity, by, kind, version, visit, share,
    moment, occurred, reported, received, properties
  from input
  where not exists (
      select from refused_identities as refused where refused.identity = input.identity)
    and not exists (select from foreign_moments where foreign_moments.moment = input.moment)
  order by id
  on conflict (id) do nothing
  returning id
), fresh as (
  select input.* from input join stored using (id) where moment is not null
), changed as (
  insert into moments as old (${momentColumns})
  select ${momentValues} from (${foldSql('fresh')}) as folded order by moment
  on conflict (id) do update set ${growSql}
  where ${sameMomentSql} and ${growsSql}
  returning ${countedColumns}, xmax = 0 as made
), counted as (${countSql('changed')}
), opened as (${openedSql('changed')}
), counted_forwards as (${countForwardsSql('opened')}
), told as (${tellForwardsSql('opened')}
), logged as (${logSql('changed')}
), logged_forwards as (${logSql('told')}
)
select 'foreign' as why, array_agg(moment)::text as ids from foreign_moments having count(*) > 0
union all
select why, array_agg(identity)::text from refused_identities group by why
union all
select 'changed', array_agg(identity)::text from (
  select identity_id as identity from changed
  union select target_identity_id from changed where target_identity_id is not null
  union select identity_id from told
  union select target_identity_id from told where target_identity_id is not null
) as reached having count(*) > 0`

/**
 * Stores a group of batches and updates their moments. Two events of a group must not claim one
 * moment differently or have the same id.
 */
export async function storeEvents(pool: pg.Pool, batches: readonly Batch[]): Promise<Stored> {
  const events: (EventRow & { n: number })[] = []
  batches.forEach((batch, index) => {
    for (const event of batch.events) events.push({ n: index + 1, ...event })
  })
  const column = <K extends keyof Reporter>(name: K) =>
    batches.map(({ reporter }) => reporter[name])
  const received = batches.map(({ reporter }) => new Date(reporter.receivedAt).toISOString())
  const { rows } = await pool.query<{ why: string; ids: string }>({
    name: 'ingest',
    text: ingestSql,
    values: [
      JSON.stringify(events),
      column('corp'),
      column('identity'),
      column('by'),
      column('version'),
      received,
      column('skewMs'),
    ],
  })
  // PostgreSQL's text of an array of ids: {…,…}.
  const ids = (why: string) =>
    new Set(
      rows
        .find((row) => row.why === why)
        ?.ids.slice(1, -1)
        .split(','),
    )
  return {
    foreign: ids('foreign'),
    unknown: ids('unknown'),
    silent: ids('silent'),
    changed: ids('changed'),
  }
}
