import type pg from 'pg'

/** The channel on which every process hears of changed moments: `{from: lowest revision, of: [identity id, …]}`. */
export const momentsChannel = 'moments'

/** One event, with what it means for its moment. Short names: a group of a thousand travels as one JSON parameter. */
export interface EventRow {
  id: string
  corp: string
  identity: string
  kind: string
  visit: string
  share: string
  /** ISO 8601: corrected, as the client said, and when it arrived. */
  occurred: string
  reported: string
  received: string
  properties: Record<string, unknown>
  moment: string
  moment_kind: string
  material: string
  target: string | null
  item: string | null
  seconds: number
  /** Position in `depthUnits`, from 1; null = no depth. */
  unit: number | null
  reached: number | null
  total: number | null
  ended: string | null
}

/** In alphabetical order, so that the database can compare the words. Of two units in one visit the later one here wins, whatever the order of arrival. */
export const depthUnits = ['page', 'percent', 'second'] as const

/**
 * One statement, so one round trip, one transaction and one wait for the disk per group. Both inserts go in id order: two processes that store the same
 * events wait for each other in one direction only. A moment takes the largest values whatever the order (its revision only when one grew), and the revision
 * is drawn while the row is locked, so that the later commit has the higher one. `pg_notify` reaches the processes when this commits.
 */
const ingestSql = `
with input as materialized (
  select * from json_to_recordset($1::json) as event(
    id uuid, corp text, identity uuid, kind text, visit uuid, share uuid, occurred timestamptz, reported timestamptz, received timestamptz, properties jsonb,
    moment uuid, moment_kind text, material uuid, target uuid, item text, seconds float8, unit int, reached float8, total float8, ended timestamptz)
), foreign_moments as (
  select distinct input.moment from input join moments on moments.id = input.moment
  where moments.identity_id <> input.identity or moments.kind <> input.moment_kind
    or (moments.kind = 'material.view' and moments.share_id is distinct from input.share)
), stored as (
  insert into events (id, corp_id, identity_id, kind, visit_id, share_id, occurred_at, reported_at, received_at, properties)
  select id, corp, identity, kind, visit, share, occurred, reported, received, properties from input
  where moment not in (select moment from foreign_moments) order by id
  on conflict (id) do nothing
  returning id
), folded as (
  select moment, min(corp) as corp, identity, share, moment_kind, material, target, min(item) as item,
    min(occurred) as occurred, max(received) as received, max(seconds) as seconds, max(ended) as ended,
    max(array[unit, reached]) filter (where unit is not null) as depth, max(array[unit, total]) filter (where unit is not null) as depth_end
  from input join stored using (id) group by moment, identity, share, moment_kind, material, target
), changed as (
  insert into moments as old (id, corp_id, identity_id, target_identity_id, kind, occurred_at, updated_at, material_id, share_id, item,
    active_seconds, depth_unit, depth_reached, depth_total, ended_at)
  select moment, corp, identity, target, moment_kind, occurred, received, material, share, item,
    seconds, (array['page', 'percent', 'second'])[depth[1]::int], depth[2], depth_end[2], ended from folded order by moment
  on conflict (id) do update set
    occurred_at = least(old.occurred_at, excluded.occurred_at),
    updated_at = greatest(old.updated_at, excluded.updated_at),
    revision = nextval('moment_revision'),
    active_seconds = greatest(old.active_seconds, excluded.active_seconds),
    depth_unit = greatest(old.depth_unit, excluded.depth_unit),
    depth_reached = case
      when excluded.depth_unit is null or old.depth_unit > excluded.depth_unit then old.depth_reached
      when old.depth_unit = excluded.depth_unit then greatest(old.depth_reached, excluded.depth_reached)
      else excluded.depth_reached end,
    depth_total = case
      when excluded.depth_unit is null or old.depth_unit > excluded.depth_unit then old.depth_total
      when old.depth_unit = excluded.depth_unit then greatest(old.depth_total, excluded.depth_total)
      else excluded.depth_total end,
    ended_at = greatest(old.ended_at, excluded.ended_at)
  where old.identity_id = excluded.identity_id and old.kind = excluded.kind
    and (old.kind <> 'material.view' or old.share_id is not distinct from excluded.share_id) and (
    excluded.occurred_at < old.occurred_at
    or excluded.active_seconds > old.active_seconds
    or excluded.ended_at > coalesce(old.ended_at, '-infinity')
    or excluded.depth_unit > coalesce(old.depth_unit, '')
    or (excluded.depth_unit = old.depth_unit and (excluded.depth_reached > old.depth_reached or excluded.depth_total > old.depth_total)))
  returning identity_id, target_identity_id, revision
), woken as (
  select identity, min(revision) as revision, (row_number() over () - 1) / 150 as part from (
    select identity_id as identity, revision from changed
    union all
    select target_identity_id, revision from changed where target_identity_id is not null) as reached group by identity
)
select moment::text as foreign_moment, null as sent from foreign_moments
union all
select null, pg_notify('${momentsChannel}', json_build_object('from', min(revision), 'of', json_agg(identity))::text)::text from woken group by part`

/**
 * Stores a group of events and brings their moments up to date. Returned are the moments that belong to somebody or something else: their events are
 * not stored. No two rows may claim one moment differently, nor have the same id.
 */
export async function storeEvents(pool: pg.Pool, rows: readonly EventRow[]): Promise<ReadonlySet<string>> {
  const result = await pool.query<{ foreign_moment: string | null }>({ name: 'ingest', text: ingestSql, values: [JSON.stringify(rows)] })
  return new Set(result.rows.flatMap((row) => row.foreign_moment ?? []))
}
