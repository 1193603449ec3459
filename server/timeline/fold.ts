import { eventKinds, type EventKind } from '../../shared/contract/track.ts'

/**
 * How events become moments: the one definition, used when events arrive and when moments are derived anew. Every column is a least, greatest or the like of what the
 * events say, so the order, repetition and grouping of events do not matter.
 */

/** In alphabetical order, so that the database can compare the words. Of two units in one visit the later one here wins. */
export const depthUnits = ['page', 'percent', 'second'] as const
const units = `array['${depthUnits.join("', '")}']`

/** SQL for the kind of moment that an event's `kind` is a part of. */
export const momentKindSql = `case kind ${(Object.keys(eventKinds) as EventKind[])
  .flatMap((kind) => (eventKinds[kind].moment === null ? [] : `when '${kind}' then '${eventKinds[kind].moment}'`))
  .join(' ')} end`

/**
 * One row per moment, from a relation of events with `corp, identity, kind, share, occurred, received, properties, moment, moment_kind`. What a moment takes from its share
 * is looked up here. A player reports a little past the end: the end counts.
 */
export function foldSql(events: string): string {
  return `
  select moment, corp, identity, share, moment_kind, shares.material_id as material, shares.target_identity_id as target, shares.member_userid as member,
    item, occurred, received, seconds, ended, (${units})[depth[1]::int] as unit, depth[2] as reached, depth_end[2] as total
  from (
    select moment, corp, identity, share, moment_kind, min(coalesce(properties ->> 'item', properties ->> 'form')) as item,
      min(occurred) as occurred, max(received) as received, coalesce(max((properties -> 'activeSeconds')::float8), 0) as seconds,
      max(occurred) filter (where kind = 'view.end') as ended,
      max(array[unit, least((properties #> '{depth,reached}')::float8, (properties #> '{depth,total}')::float8)]) filter (where unit is not null) as depth,
      max(array[unit, (properties #> '{depth,total}')::float8]) filter (where unit is not null) as depth_end
    from (select *, array_position(${units}, properties #>> '{depth,unit}')::float8 as unit from ${events}) as measured
    group by moment, corp, identity, share, moment_kind
  ) as folded left join shares on shares.id = folded.share and shares.corp_id = folded.corp`
}

/** The columns of `moments` that events give, in the order of `momentValues`. */
export const momentColumns =
  'id, corp_id, identity_id, target_identity_id, member_userid, kind, occurred_at, updated_at, material_id, share_id, item, active_seconds, depth_unit, depth_reached, depth_total, ended_at'
export const momentValues =
  'moment, corp, identity, target, member, moment_kind, occurred, received, material, share, item, seconds, unit, reached, total, ended'

/** Two events cannot make one moment for two readers, of two kinds, or of two shares. */
export const sameMomentSql = `old.identity_id = excluded.identity_id and old.kind = excluded.kind
    and (old.kind <> 'material.view' or old.share_id is not distinct from excluded.share_id)`

/** For `on conflict (id) do update set`: the moment `old` together with what later events say. */
export const growSql = `
    occurred_at = least(old.occurred_at, excluded.occurred_at),
    updated_at = greatest(old.updated_at, excluded.updated_at),
    revision = nextval('moment_revision'),
    txid = pg_current_xact_id(),
    active_seconds = greatest(old.active_seconds, excluded.active_seconds),
    depth_unit = greatest(old.depth_unit, excluded.depth_unit),
    depth_reached = ${furthest('depth_reached')},
    depth_total = ${furthest('depth_total')},
    ended_at = greatest(old.ended_at, excluded.ended_at)`

/** Whether that changes anything, so that a repeat in other words takes no new revision. */
export const growsSql = `(excluded.occurred_at < old.occurred_at or excluded.updated_at > old.updated_at
    or excluded.active_seconds > old.active_seconds
    or excluded.ended_at > coalesce(old.ended_at, '-infinity')
    or excluded.depth_unit > coalesce(old.depth_unit, '')
    or (excluded.depth_unit = old.depth_unit and (excluded.depth_reached > old.depth_reached or excluded.depth_total > old.depth_total)))`

function furthest(column: string): string {
  return `case
      when excluded.depth_unit is null or old.depth_unit > excluded.depth_unit then old.${column}
      when old.depth_unit = excluded.depth_unit then greatest(old.${column}, excluded.${column})
      else excluded.${column} end`
}
