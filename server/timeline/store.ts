import type pg from 'pg'
import { foldSql, growsSql, growSql, momentColumns, momentValues, sameMomentSql } from './fold.ts'

/** The channel on which every process hears whose moments changed: `{of: [identity id, …]}`. */
export const momentsChannel = 'moments'

/** One event as it is kept. Short names: a group of a thousand travels as one JSON parameter. */
export interface EventRow {
  id: string
  corp: string
  /** One of the two is null. */
  identity: string | null
  by: string | null
  kind: string
  version: number
  visit: string
  share: string | null
  /** ISO 8601: corrected, as the client said, and when it arrived. */
  occurred: string
  reported: string
  received: string
  properties: Record<string, unknown>
  moment: string | null
  moment_kind: string | null
}

/** What became of a group: the moments that belong to somebody or something else, and the identities that are unknown or do not want to be tracked. */
export interface Refused {
  foreign: ReadonlySet<string>
  unknown: ReadonlySet<string>
  silent: ReadonlySet<string>
}

/** `pg_notify` takes 7999 bytes; an id in JSON has 39. */
const mostIdsInNotice = 190

/** Whoever is not in the table, was erased; one identity that does not want to be tracked speaks for its whole person. */
const refusedIdentities = `
  select wanted.identity, case when own.id is null then 'unknown' else 'silent' end as why
  from (select distinct identity from input where identity is not null) as wanted left join identities as own on own.id = wanted.identity
  where own.id is null or exists (select from identities as any_of where any_of.person_id = own.person_id and any_of.tracking_off_at is not null)`

/**
 * One statement, so one round trip, one transaction and one wait for the disk per group. Both inserts go in id order: two processes that store the same
 * events wait for each other in one direction only. The revision is drawn while the row is locked, so that the later state has the higher one. `pg_notify` reaches the
 * processes when this commits.
 */
const ingestSql = `
with input as materialized (
  select * from json_to_recordset($1::json) as event(
    id uuid, corp text, identity uuid, by text, kind text, version smallint, visit uuid, share uuid, occurred timestamptz, reported timestamptz, received timestamptz,
    properties jsonb, moment uuid, moment_kind text)
), refused_identities as materialized (${refusedIdentities}
), foreign_moments as materialized (
  select distinct input.moment from input join moments on moments.id = input.moment
  where moments.identity_id <> input.identity or moments.kind <> input.moment_kind
    or (moments.kind = 'material.view' and moments.share_id is distinct from input.share)
), stored as (
  insert into events (id, corp_id, identity_id, member_userid, kind, version, visit_id, share_id, moment_id, occurred_at, reported_at, received_at, properties)
  select id, corp, identity, by, kind, version, visit, share, moment, occurred, reported, received, properties from input
  where not exists (select from refused_identities as refused where refused.identity = input.identity)
    and not exists (select from foreign_moments where foreign_moments.moment = input.moment) order by id
  on conflict (id) do nothing
  returning id
), fresh as (
  select input.* from input join stored using (id) where moment is not null
), changed as (
  insert into moments as old (${momentColumns})
  select ${momentValues} from (${foldSql('fresh')}) as folded order by moment
  on conflict (id) do update set ${growSql}
  where ${sameMomentSql} and ${growsSql}
  returning identity_id, target_identity_id
), woken as (
  select identity, (row_number() over () - 1) / ${mostIdsInNotice} as part from (
    select identity_id as identity from changed union select target_identity_id from changed where target_identity_id is not null) as reached
)
select 'foreign' as why, moment as id from foreign_moments
union all
select why, identity from refused_identities
union all
select 'told', null from (select pg_notify('${momentsChannel}', json_build_object('of', json_agg(identity))::text) from woken group by part) as told`

/** Stores a group of events and brings their moments up to date. No two rows may claim one moment differently, nor have the same id. */
export async function storeEvents(pool: pg.Pool, rows: readonly EventRow[]): Promise<Refused> {
  const result = await pool.query<{ why: string; id: string }>({ name: 'ingest', text: ingestSql, values: [JSON.stringify(rows)] })
  const ids = (why: string) => new Set(result.rows.flatMap((row) => (row.why === why ? row.id : [])))
  return { foreign: ids('foreign'), unknown: ids('unknown'), silent: ids('silent') }
}
