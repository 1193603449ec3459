import { eventKinds, type EventKind } from '../../../shared/contract/track.ts'
import { nobody } from '../../base/db/nobody.ts'

/**
 * How events become moments. This is the only definition; it serves arriving events and rederiving
 * alike. Every column is a minimum, maximum or similar of the events, so order, repetition and
 * grouping of events do not matter.
 */

/**
 * In alphabetical order, so that the database can compare the words. When one visit has two units,
 * the later one in this list wins.
 */
export const depthUnits = ['page', 'percent', 'second'] as const
const units = `array['${depthUnits.join("', '")}']`

/** SQL for the kind of moment that an event of this `kind` belongs to; null = none. */
export const momentKindSql = `case kind ${(Object.keys(eventKinds) as EventKind[])
  .flatMap((kind) =>
    eventKinds[kind].moment === null ? [] : `when '${kind}' then '${eventKinds[kind].moment}'`,
  )
  .join(' ')} end`

/**
 * SQL for the id of the moment. A visit is one moment. A forward is the moment of its child share,
 * which only its forwarder can report. Any other event is a moment of its own.
 */
export const momentIdSql = `case moment_kind when 'material.view' then visit
  when 'material.share' then (properties ->> 'childShareId')::uuid else
  case when moment_kind is not null then id end end`

/** Clocks and networks are inexact. The least report counts for this many seconds. */
export const slackSeconds = 5

/**
 * Returns SQL with one row per moment, from a relation of events with
 * `corp, identity, kind, share, reported, occurred, received, observed, properties, moment,
 * moment_kind`. It
 * adds the columns that a moment takes from its share. A player reports positions a little past the
 * end; then the end counts. No report counts for more active time than has passed since the server
 * saw the visit begin (`observed`).
 */
export function foldSql(events: string): string {
  return `
  select moment, corp, identity, share, moment_kind, shares.material_id as material,
    shares.target_identity_id as target, shares.member_userid as member,
    item, occurred, received, seconds, ended, shown, seen, observed,
    (${units})[depth[1]::int] as unit,
    depth[2] as reached, depth_end[2] as total
  from (
    select moment, corp, identity, share, moment_kind,
      min(coalesce(properties ->> 'item', properties ->> 'form')) as item,
      min(occurred) as occurred, max(received) as received,
      coalesce(max(least((properties -> 'activeSeconds')::float8,
        greatest(0, extract(epoch from occurred - observed)::float8) + ${slackSeconds}))
        filter (where properties ? 'activeSeconds'), 0) as seconds,
      max(reported) filter (where kind = 'view.end') as ended,
      max(reported) filter (where kind in ('view.start', 'view.progress')) as shown,
      max(occurred) filter (where kind in ('view.start', 'view.progress')) as seen,
      min(observed) filter (where moment_kind = 'material.view') as observed,
      max(array[unit,
        least((properties #> '{depth,reached}')::float8, (properties #> '{depth,total}')::float8)])
        filter (where unit is not null) as depth,
      max(array[unit, (properties #> '{depth,total}')::float8])
        filter (where unit is not null) as depth_end
    from (select *, array_position(${units}, properties #>> '{depth,unit}')::float8 as unit
      from ${events}) as measured
    group by moment, corp, identity, share, moment_kind
  ) as folded left join lateral (
    select material_id, target_identity_id, member_userid from shares
    where id = folded.share and corp_id = folded.corp limit 1) as shares on true`
}

/** The columns of `moments` that events give, in the order of `momentValues`. */
export const momentColumns =
  'id, corp_id, identity_id, target_identity_id, member_userid, kind, occurred_at, updated_at, material_id, share_id, item, active_seconds, depth_unit, depth_reached, depth_total, ended_at, shown_at, seen_at, observed_at, seconds_to, depth_to'
export const momentValues = `moment, corp, identity, target, member, moment_kind, occurred,
    received, material, share, item, seconds, unit, reached, total, ended, shown, seen,
    observed,
    case moment_kind when 'material.view' then seconds_bucket(seconds) end,
    case moment_kind when 'material.view' then depth_bucket(reached, total) end`

/** SQL: events of two readers, two kinds or two shares cannot make one moment. */
export const sameMomentSql = `old.identity_id = excluded.identity_id and old.kind = excluded.kind
    and (old.kind <> 'material.view' or old.share_id is not distinct from excluded.share_id)`

/** For `on conflict (id) do update set`: merges later events into the moment `old`. */
export const growSql = `
    occurred_at = least(old.occurred_at, excluded.occurred_at),
    updated_at = greatest(old.updated_at, excluded.updated_at),
    revision = nextval('moment_revision'),
    txid = pg_current_xact_id(),
    active_seconds = greatest(old.active_seconds, excluded.active_seconds),
    depth_unit = greatest(old.depth_unit, excluded.depth_unit),
    depth_reached = ${furthest('depth_reached')},
    depth_total = ${furthest('depth_total')},
    ended_at = greatest(old.ended_at, excluded.ended_at),
    shown_at = greatest(old.shown_at, excluded.shown_at),
    seen_at = greatest(old.seen_at, excluded.seen_at),
    observed_at = least(old.observed_at, excluded.observed_at),
    seconds_from = old.seconds_to,
    seconds_to = greatest(old.seconds_to, excluded.seconds_to),
    depth_from = old.depth_to,
    depth_to = depth_bucket(${furthest('depth_reached')}, ${furthest('depth_total')})`

/** The columns that `countSql` needs of changed rows. */
export const countedColumns =
  'id, identity_id, target_identity_id, kind, occurred_at, material_id, share_id, seconds_from, seconds_to, depth_from, depth_to'

/**
 * Returns SQL that inserts what changed moments mean for the statistics; `changed` is a relation of
 * `countedColumns`. A view without an earlier bucket is a new one.
 */
export function countSql(changed: string): string {
  return `
  insert into rollup_deltas (material_id, share_id, identity_id, opens, forwards,
    seconds_from, seconds_to, depth_from, depth_to)
  select material_id, share_id, identity_id, (seconds_from is null)::int, 0,
    seconds_from, seconds_to, depth_from, depth_to
  from ${changed} where material_id is not null and share_id is not null
    and kind = 'material.view'
    and (seconds_from, depth_from) is distinct from (seconds_to, depth_to)`
}

/**
 * Returns SQL that notes which forwards somebody else opens with one of these changes, each once.
 * It returns the child share, and the share and the material for which it counts. The person
 * decides: a forwarder who opens the own card on another device is nobody else.
 */
export function openedSql(changed: string): string {
  return `
  insert into opened_forwards (share_id, parent_id, material_id, opened_at)
  select child.id, child.parent_id, child.material_id, min(reading.occurred_at)
  from ${changed} as reading
    cross join lateral (
      select id, parent_id, material_id, forwarder_identity_id from shares
      where id = reading.share_id limit 1) as child
    left join lateral (
      select person_id from identities where id = child.forwarder_identity_id limit 1
    ) as forwarder on true
    left join lateral (
      select person_id from identities where id = reading.identity_id limit 1) as reader on true
  where reading.made and reading.kind = 'material.view' and child.parent_id is not null
    and forwarder.person_id is distinct from reader.person_id
  group by child.id, child.parent_id, child.material_id order by child.id
  on conflict (share_id) do nothing
  returning share_id, parent_id, material_id`
}

/** Returns SQL that counts opened forwards. `opened` is what `openedSql` returns. */
export function countForwardsSql(opened: string): string {
  return `
  insert into rollup_deltas (material_id, share_id, identity_id, forwards)
  select material_id, parent_id, '${nobody}'::uuid, 1 from ${opened}`
}

/** Returns SQL that shows the forwards anew on open timelines, because they were opened. */
export function tellForwardsSql(opened: string): string {
  return `
  update moments set revision = nextval('moment_revision'), txid = pg_current_xact_id()
  from ${opened} where moments.id = ${opened}.share_id and moments.kind = 'material.share'
  returning moments.id, moments.identity_id, moments.target_identity_id`
}

/** SQL: whether `growSql` changes anything. A repeat in other words takes no new revision. */
export const growsSql = `(excluded.occurred_at < old.occurred_at
    or excluded.updated_at > old.updated_at
    or excluded.active_seconds > old.active_seconds
    or excluded.ended_at > coalesce(old.ended_at, '-infinity')
    or excluded.shown_at > coalesce(old.shown_at, '-infinity')
    or excluded.seen_at > coalesce(old.seen_at, '-infinity')
    or excluded.depth_unit > coalesce(old.depth_unit, '')
    or (excluded.depth_unit = old.depth_unit
      and (excluded.depth_reached > old.depth_reached or excluded.depth_total > old.depth_total)))`

function furthest(column: string): string {
  return `case
      when excluded.depth_unit is null or old.depth_unit > excluded.depth_unit then old.${column}
      when old.depth_unit = excluded.depth_unit then greatest(old.${column}, excluded.${column})
      else excluded.${column} end`
}
