/**
 * The read model of the timeline. It reads the tables of other domains, which nothing else here does: a page must be one round trip, and a moment shows a little
 * of everything. It never writes there.
 */

interface Half {
  within: string
  order: string
  limit: number
}

/**
 * Whose moments a person's timeline holds: those of the person's identities, and those that came through a share pushed to one of them and whose reader is
 * no known contact (`confirmed: false`). Each half reads only as many rows of the index as it gives, per identity, whatever the length of the history. The own
 * moments that the second half finds again are not excluded there but by `union`: skipping them could mean walking the whole history.
 */
function timelineOf({ within, order, limit }: Half): string {
  const half = (column: string, andAlso: string) => `
    select moment.* from identities as own cross join lateral (
      select ${columns} from moments where ${column} = own.id and ${within} ${andAlso} order by ${order} limit ${limit}) as moment
    where own.person_id = $1::uuid`
  return `
  select * from (${half('identity_id', '')}
    union ${half('target_identity_id', `and (identity_id = any(array(select id from identities where person_id = $1::uuid)) or not exists (${knownContact}))`)}) as moment
  order by ${order} limit ${limit}`
}

const knownContact = `select from (select person_id from identities where id = moments.identity_id limit 1) as reader
        cross join lateral (select from identities where person_id = reader.person_id and kind = 'external_userid' limit 1) as contact`

/** What a moment is made of: read with the position, because reading the row again by its id would cost as much as finding it. */
const columns = `id, kind, occurred_at, updated_at, revision, item, identity_id, material_id, share_id, workorder_id, active_seconds, depth_unit, depth_reached, depth_total, ended_at`

const details = `found.*, identities.person_id = $1::uuid as confirmed, identities.kind as identity_kind, identities.value as identity_value,
  materials.kind as material_kind, materials.title as material_title, materials.cover_file_id,
  shares.forwards as share_forwards, shares.member_userid, coalesce(members.name, shares.member_userid) as member_name, contacts.profile ->> 'name' as contact_name,
  workorders.number as workorder_number, workorders.type as workorder_type, workorders.status as workorder_status,
  coalesce(nullif(workorders.location_name, ''), nullif(workorders.location_address, '')) as workorder_place`

/** Each is looked up by its key (`limit 1` keeps it so): the plan is made once, perhaps while these tables were empty. */
function withDetails(inner: string): string {
  return `(${inner}) as found
cross join lateral (select * from identities where id = found.identity_id limit 1) as identities
left join lateral (select * from materials where id = found.material_id limit 1) as materials on true
left join lateral (select * from shares where id = found.share_id limit 1) as shares on true
left join lateral (select name from members where corp_id = shares.corp_id and user_id = shares.member_userid limit 1) as members on true
left join lateral (select corp_id, value from identities where id = shares.target_identity_id limit 1) as target on true
left join lateral (select profile from contacts where corp_id = target.corp_id and external_userid = target.value limit 1) as contacts on true
left join lateral (select * from workorders where id = found.workorder_id limit 1) as workorders on true`
}

/** What a page is asked by; each is in the text only when it is asked for, so that the planner sees the plain page as plain. */
export interface Filters {
  /** Whoever asks may read the person: that was checked before. */
  unasked: boolean
  kinds: boolean
  material: boolean
  member: boolean
  from: boolean
  to: boolean
  /** None of the kinds asked for is `material.view`, which nearly every moment is: an index leaves those out. */
  withoutViews: boolean
}

/**
 * Whether a member may read the person, by what is known without asking anybody: the member follows one of the person's contacts, as WeCom told lately. $9 the corp, $10 the
 * member, $11 since when it counts. It says the same as `mayRead` of identity, in the page's own round trip; a "no" is for `mayRead` to say.
 */
const allowedSql = `exists (select from identities as own cross join lateral (
    select fetched_at, follows from contacts where corp_id = own.corp_id and external_userid = own.value limit 1) as contacts
  where own.person_id = $1::uuid and own.kind = 'external_userid' and own.corp_id = $9::text and contacts.fetched_at > $11::timestamptz
    and contacts.follows @> jsonb_build_array(jsonb_build_object('userId', $10::text)))`

/**
 * The text of a page: parameters are the person, the position (time, id), kinds, material, member, from, to, and of whoever asks the corp, the member and since when a follow counts.
 * The limit is part of it, because the planner must know how few rows are wanted. Every row carries the snapshot in which the page was read and whether it may be shown; a page without
 * moments is one row with nothing but that.
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
  const inner = timelineOf({ within: within.join(' and '), order: 'occurred_at desc, id desc', limit })
  return `
with given as materialized (select pg_current_snapshot()::text as snapshot, ${filters.unasked ? '$9::text is null and $10::text is null and $11::timestamptz is not null' : allowedSql} as allowed,
  $4::text[], $5::uuid, $6::text, $7::timestamptz, $8::timestamptz)
select given.snapshot, given.allowed, page.* from given left join (
select ${details} from ${withDetails(inner)}) as page on given.allowed
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
select ${details} from ${withDetails(timelineOf({ within: changed, order: 'revision', limit: mostChanges }))}) as changes on true
order by changes.revision`
