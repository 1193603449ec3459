import { isForgottenSql } from '../live/changes.ts'

/**
 * The read model of the timeline. It reads the tables of other domains, which nothing else here
 * does: a page must be one round trip, and a moment shows a little of everything. It never writes
 * there.
 */

/**
 * Whose moments a person's timeline holds: those of the person's identities, and those that came
 * through a share pushed to one of them and whose reader is no known contact (`confirmed: false`).
 */
const isOwn = 'identity_id = any(array(select id from identities where person_id = $1::uuid))'
const isReadByNobodyKnown = `not exists (select from (select person_id from identities where id = moments.identity_id limit 1) as reader
        cross join lateral (select from identities where person_id = reader.person_id and kind = 'external_userid' limit 1) as contact)`

/**
 * Each half reads only as many rows of the index as it gives, per identity, whatever the length of
 * the history. The own moments that the second half finds again are not excluded there but by
 * `union`: skipping them could mean walking the whole history.
 */
function newestOf(within: string, limit: number): string {
  const order = 'occurred_at desc, id desc'
  const half = (column: string, andAlso: string) => `
    select moment.* from identities as own cross join lateral (
      select ${columns} from moments where ${column} = own.id and ${within} ${andAlso} order by ${order} limit ${limit}) as moment
    where own.person_id = $1::uuid`
  return `
  select * from (${half('identity_id', '')}
    union ${half('target_identity_id', `and (${isOwn} or ${isReadByNobodyKnown})`)}) as moment
  order by ${order} limit ${limit}`
}

/**
 * What a moment is made of: read with the position, because reading the row again by its id would
 * cost as much as finding it.
 */
const columns = `id, kind, occurred_at, updated_at, revision, item, identity_id, material_id, share_id, workorder_id, active_seconds, depth_unit, depth_reached, depth_total, ended_at is not null as ended`

const details = `found.*, identities.person_id = $1::uuid as confirmed, identities.kind as identity_kind, identities.value as identity_value,
  shares.corp_id as share_corp, shares.member_userid as share_member, shares.forwards as share_forwards, contacts.profile ->> 'name' as contact_name,
  workorders.number as workorder_number, workorders.type as workorder_type, workorders.status as workorder_status,
  coalesce(nullif(workorders.location_name, ''), nullif(workorders.location_address, '')) as workorder_place`

/**
 * Each is looked up by its key (`limit 1` keeps it so): the plan is made once, perhaps while these
 * tables were empty. What few things share is not looked up here (names.ts).
 */
function withDetails(inner: string): string {
  return `(${inner}) as found
cross join lateral (select * from identities where id = found.identity_id limit 1) as identities
left join lateral (select * from shares where id = found.share_id limit 1) as shares on true
left join lateral (
  select profile from identities as target cross join lateral (
    select profile from contacts where corp_id = target.corp_id and external_userid = target.value limit 1) as contact
  where target.id = shares.target_identity_id limit 1) as contacts on true
left join lateral (select * from workorders where id = found.workorder_id limit 1) as workorders on true`
}

/** A moment and what is shown beside it, as the page's and the stream's queries find it. */
export interface MomentRow {
  id: string
  kind: string
  /** Times in PostgreSQL's own text. */
  occurred_at: string
  updated_at: string
  /** 64 bits, which the driver gives as text. */
  revision: string
  item: string | null
  active_seconds: number
  depth_unit: 'page' | 'percent' | 'second' | null
  depth_reached: number | null
  depth_total: number | null
  ended: boolean
  confirmed: boolean
  identity_id: string
  identity_kind: string
  identity_value: string
  material_id: string | null
  share_id: string | null
  share_corp: string | null
  share_member: string | null
  share_forwards: number | null
  contact_name: string | null
  workorder_id: string | null
  workorder_number: string | null
  workorder_type: string | null
  workorder_status: string | null
  workorder_place: string | null
}

/** The columns of a `MomentRow`, from a relation that has them all. */
function rowSql(from: string): string {
  // As text, a time costs the driver no `Date`.
  const times = ['occurred_at', 'updated_at'].map((name) => `${from}.${name}::text as ${name}`)
  return [...times, ...otherColumns.map((name) => `${from}.${name}`)].join(', ')
}

const otherColumns = [
  ...['id', 'kind', 'revision', 'item', 'identity_id', 'identity_kind', 'identity_value'],
  ...['active_seconds', 'depth_unit', 'depth_reached', 'depth_total', 'ended', 'confirmed'],
  ...['material_id', 'share_id', 'share_corp', 'share_member', 'share_forwards', 'contact_name'],
  ...['workorder_id', 'workorder_number', 'workorder_type', 'workorder_status', 'workorder_place'],
]

/**
 * What a page is asked by; each is in the text only when it is asked for, so that the planner sees
 * the plain page as plain.
 */
export interface Filters {
  kinds: boolean
  material: boolean
  member: boolean
  from: boolean
  to: boolean
  /**
   * None of the kinds asked for is `material.view`, which nearly every moment is: an index leaves
   * those out.
   */
  withoutViews: boolean
}

/**
 * What lets a reader see a person's page, as a condition of the page's own statement. Whoever knows
 * who may read whom brings it.
 */
export interface Permission {
  /** The condition; `personId` and `values` are parameters, e.g. `$1::uuid`, `$9`. */
  sql(personId: string, values: readonly string[]): string
  readonly values: readonly unknown[]
}

/** The first parameter behind those of the page itself. */
const firstOfPermission = 9

/**
 * The text of a page: parameters are the person, the position (time, id), kinds, material, member,
 * from, to, and those of the permission. The limit is part of the text, because the planner must
 * know how few rows are wanted. Every row carries the snapshot in which the page was read and
 * whether it may be shown; a page without moments is one row with nothing but that.
 */
export function pageSql(limit: number, filters: Filters, permission: Permission | null): string {
  const within = [
    '(occurred_at, id) < ($2::timestamptz, $3::uuid)',
    filters.kinds && 'kind = any($4::text[])',
    filters.withoutViews && `kind <> 'material.view'`,
    filters.material && 'material_id = $5::uuid',
    filters.member && 'member_userid = $6::text',
    filters.from && 'occurred_at >= $7::timestamptz',
    filters.to && 'occurred_at < $8::timestamptz',
  ].filter(Boolean)
  const inner = newestOf(within.join(' and '), limit)
  return `
with given as materialized (select pg_current_snapshot()::text as snapshot,
  ${permission ? permission.sql('$1::uuid', places(permission)) : 'true'} as allowed,
  $4::text[], $5::uuid, $6::text, $7::timestamptz, $8::timestamptz)
select given.snapshot, given.allowed, ${rowSql('page')} from given left join (
select ${details} from ${withDetails(inner)}) as page on given.allowed
order by page.occurred_at desc, page.id desc`
}

function places({ values }: Permission): string[] {
  return values.map((_, index) => `$${firstOfPermission + index}`)
}

/** How many changes one step of a live stream reads. */
export const mostChanges = 200

/** Seen by $2 (a snapshot, empty = everything now) and not by $3. */
const isNew = `not pg_visible_in_snapshot(txid, $3::text::pg_snapshot) and ($2::text is null or pg_visible_in_snapshot(txid, $2::text::pg_snapshot))`

/**
 * What became visible to $2 and was not visible to $3, from revision $4 on, in the order of
 * revisions. The log says which moments to look at, by index; of those, some may have been visible
 * already or have changed again since. Whether a moment changed is its own row's to say, so that it
 * is told once, as it is.
 */
const changedMoments = `
  select moment.* from (
    select distinct moment_id from identities as own cross join lateral (
      select moment_id from moment_changes where of = own.id and txid >= pg_snapshot_xmin($3::text::pg_snapshot) and txid < pg_snapshot_xmax(pg_current_snapshot()) and ${isNew}) as change
    where own.person_id = $1::uuid) as candidate
  cross join lateral (
    select ${columns} from moments where id = candidate.moment_id and ${isNew} and revision > $4::bigint
      and (${isOwn} or target_identity_id = any(array(select id from identities where person_id = $1::uuid)) and ${isReadByNobodyKnown}) limit 1) as moment
  order by revision limit ${mostChanges}`

/**
 * And whether the person's identities changed since $3, or what changed since then is not known any
 * more.
 */
export const changesSql = `
select pg_current_snapshot()::text as snapshot, ${rowSql('changes')},
  (select ${isForgottenSql('$3::text::pg_snapshot')} or not pg_visible_in_snapshot(txid, $3::text::pg_snapshot) and txid < pg_snapshot_xmax(pg_current_snapshot())
      and ($2::text is null or pg_visible_in_snapshot(txid, $2::text::pg_snapshot)) from persons where id = $1::uuid) as regrouped,
  array(select id from identities where person_id = $1::uuid order by id) as identity_ids
from (select) as one left join (
select ${details} from ${withDetails(changedMoments)}) as changes on true
order by changes.revision`
