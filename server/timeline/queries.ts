/**
 * The read model of the timeline. It reads the tables of other domains, which nothing else here does: a page must be one round trip, and a moment shows a little
 * of everything. It never writes there.
 */

interface Half {
  columns: string
  within: string
  order: string
  limit: number
}

/**
 * Whose moments a person's timeline holds: those of the person's identities, and those that came through a share pushed to one of them and whose reader is
 * no known contact (`confirmed: false`). Each half reads only as many rows of the index as it gives, per identity, whatever the length of the history. The own
 * moments that the second half finds again are not excluded there but by `union`: skipping them could mean walking the whole history.
 */
function timelineOf({ columns, within, order, limit }: Half): string {
  const half = (column: string, andAlso: string) => `
    select moment.* from identities as own cross join lateral (
      select ${columns} from moments where ${column} = own.id and ${within} ${andAlso} order by ${order} limit ${limit}) as moment
    where own.person_id = $1::uuid`
  return `
  select * from (${half('identity_id', '')}
    union ${half('target_identity_id', `and (identity_id = any(array(select id from identities where person_id = $1::uuid)) or not exists (${knownContact}))`)}) as moment
  order by ${order} limit ${limit}`
}

const knownContact = `select from identities as reader join identities as contact on contact.person_id = reader.person_id and contact.kind = 'external_userid'
        where reader.id = moments.identity_id`

const details = `moments.id, moments.kind, moments.occurred_at, moments.updated_at, moments.revision, moments.item,
  moments.active_seconds, moments.depth_unit, moments.depth_reached, moments.depth_total, moments.ended_at,
  identities.person_id = $1::uuid as confirmed,
  identities.id as identity_id, identities.kind as identity_kind, identities.value as identity_value,
  materials.id as material_id, materials.kind as material_kind, materials.title as material_title, materials.cover_file_id,
  shares.id as share_id, shares.forwards as share_forwards, coalesce(members.name, shares.member_userid) as member_name,
  contacts.profile ->> 'name' as contact_name,
  workorders.id as workorder_id, workorders.number as workorder_number, workorders.type as workorder_type, workorders.status as workorder_status,
  coalesce(nullif(workorders.location_name, ''), nullif(workorders.location_address, '')) as workorder_place`

function withDetails(inner: string): string {
  return `(${inner}) as found
join moments on moments.id = found.id
join identities on identities.id = moments.identity_id
left join materials on materials.id = moments.material_id
left join shares on shares.id = moments.share_id
left join members on members.corp_id = shares.corp_id and members.user_id = shares.member_userid
left join identities as target on target.id = shares.target_identity_id
left join contacts on contacts.corp_id = target.corp_id and contacts.external_userid = target.value
left join workorders on workorders.id = moments.workorder_id`
}

/** Filters of a page by name; each is in the text only when it is asked for, so that the planner sees the plain page as plain. */
export interface Filters {
  kinds: boolean
  material: boolean
  member: boolean
  from: boolean
  to: boolean
  /** None of the kinds asked for is `material.view`, which nearly every moment is: an index leaves those out. */
  withoutViews: boolean
}

/**
 * The text of a page: parameters are the person, the position (time, id), kinds, material, member, from, to. The limit is part of it, because the planner must know how few
 * rows are wanted. Every row carries the snapshot in which the page was read; a page without moments is one row with nothing but that.
 */
export function pageSql(limit: number, filters: Filters): string {
  const within = [
    '(occurred_at, id) < ($2::timestamptz, $3::uuid)',
    filters.kinds && 'kind = any($4::text[])',
    filters.withoutViews && `kind <> 'material.view'`,
    filters.material && 'material_id = $5::uuid',
    filters.member && 'member_userid = $6::text',
    filters.from && 'occurred_at >= $7::timestamptz',
    filters.to && 'occurred_at < $8::timestamptz',
  ].filter(Boolean)
  const inner = timelineOf({ columns: 'id, occurred_at', within: within.join(' and '), order: 'occurred_at desc, id desc', limit })
  return `
select pg_current_snapshot()::text as snapshot, page.* from (select
  $4::text[], $5::uuid, $6::text, $7::timestamptz, $8::timestamptz) as given left join (
select ${details} from ${withDetails(inner)}) as page on true
order by page.occurred_at desc, page.id desc`
}

/** How many changes one step of a live stream reads. */
export const mostChanges = 200

/**
 * What became visible to $2 (a snapshot, empty = everything now) and was not visible to $3, from revision $4 on; and whether the person's identities changed since $3. `txid >=` finds
 * the few new rows by index; of those, some may have been visible already. A number beyond what this database gave out is of another one, from which this was restored.
 */
const changed = `txid >= pg_snapshot_xmin($3::text::pg_snapshot) and txid < pg_snapshot_xmax(pg_current_snapshot())
      and not pg_visible_in_snapshot(txid, $3::text::pg_snapshot) and ($2::text is null or pg_visible_in_snapshot(txid, $2::text::pg_snapshot)) and revision > $4::bigint`

export const changesSql = `
select pg_current_snapshot()::text as snapshot, changes.*,
  (select not pg_visible_in_snapshot(txid, $3::text::pg_snapshot) and txid < pg_snapshot_xmax(pg_current_snapshot()) from persons where id = $1::uuid) as regrouped,
  array(select id from identities where person_id = $1::uuid order by id) as identity_ids
from (select) as one left join (
select ${details} from ${withDetails(timelineOf({ columns: 'id, revision', within: changed, order: 'revision', limit: mostChanges }))}) as changes on true
order by changes.revision`
