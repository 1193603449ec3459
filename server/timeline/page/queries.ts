import { isForgottenSql } from '../live/changes.ts'
import { type Permission, ruleSql } from '../rule.ts'

/**
 * The read model of the timeline. It reads the tables of other domains, because a page must be one
 * round trip and a moment shows details of many kinds. It never writes to these tables.
 */

/**
 * The moments of a person's timeline. These are moments of the person's identities. Also moments
 * under a share that was pushed to one of these identities, when the reader is no known contact
 * (`confirmed: false`). `own` selects the identities, because a member may see only some of them.
 */
const among = (own: string) => `any(array(${own}))`
const isReadByNobodyKnown = `not exists (
        select from (select person_id from identities where id = moments.identity_id limit 1)
          as reader
        cross join lateral (
          select from identities where person_id = reader.person_id and kind = 'external_userid'
          limit 1) as contact)`

/**
 * SQL: the moment is no forward of somebody who does not want to be tracked. Such a forward from
 * before the refusal stays stored, and is not shown while the refusal lasts. Each identity has its
 * visitor's own choice, as in the ingest.
 */
const isNoHiddenForward = `(kind <> 'material.share' or not exists (
        select from (select tracking_off_at from identities where id = moments.identity_id limit 1)
          as forwarder where tracking_off_at is not null))`

/**
 * Each half reads only as many index rows as it returns, per identity, for any length of history.
 * The second half may find own moments again. `union` removes them, because skipping them in the
 * second half could mean walking the whole history.
 */
function newestOf(within: string, limit: number, own: string): string {
  const order = 'occurred_at desc, id desc'
  const half = (column: string, andAlso: string) => `
    select moment.* from (${own}) as own cross join lateral (
      select ${columns} from moments where ${column} = own.id and ${within} ${andAlso}
      order by ${order} limit ${limit}) as moment`
  const isShown = `(identity_id = ${among(own)} or ${isReadByNobodyKnown})`
  return `
  select * from (${half('identity_id', '')}
    union ${half('target_identity_id', `and ${isShown}`)}) as moment
  order by ${order} limit ${limit}`
}

/**
 * The columns of a moment. They are read together with the position: reading the row again by its
 * id would cost as much as finding it.
 */
const columns = `id, kind, occurred_at, updated_at, revision, item, identity_id, material_id, share_id, workorder_id, active_seconds, depth_unit, depth_reached, depth_total, seen_at, ended_at is not null and ended_at >= coalesce(shown_at, ended_at) as ended`

const details = `found.*, identities.person_id = $1::uuid as confirmed,
  identities.kind as identity_kind, identities.value as identity_value,
  shares.corp_id as share_corp, shares.member_userid as share_member,
  shares.forwards as share_forwards, contacts.name as contact_name,
  workorders.number as workorder_number, workorders.type as workorder_type,
  workorders.status as workorder_status, opened.opened_at as forward_opened_at,
  case found.kind when 'material.push' then coalesce(
    (select true from readers where share_id = found.share_id and opens > 0 limit 1),
    (select true from rollup_deltas where share_id = found.share_id and opens > 0 limit 1),
    false) end as push_opened,
  coalesce(nullif(workorders.location_name, ''), nullif(workorders.location_address, ''))
    as workorder_place`

/**
 * Adds the details of each moment. Look-ups go by key (`limit 1` keeps the plan so), because the
 * plan is made once, perhaps while these tables were empty. Names that many moments share are not
 * read here (names.ts). A share names its receiver only to members who know that contact.
 */
function withDetails(inner: string, own: string, knowsContact: string): string {
  return `(${inner}) as found
cross join lateral (select * from identities where id = found.identity_id limit 1) as identities
left join lateral (select * from shares where id = found.share_id limit 1) as shares on true
left join lateral (
  select contacts.profile ->> 'name' as name from identities as target cross join lateral (
    select profile, follows, fetched_at, lost, refusal from contacts
    where corp_id = target.corp_id and external_userid = target.value limit 1) as contacts
  where target.id = shares.target_identity_id
    and (target.id = ${among(own)} or (${knowsContact})) limit 1) as contacts on true
left join lateral (
  select * from workorders where id = found.workorder_id limit 1) as workorders on true
left join lateral (
  select opened_at from opened_forwards
  where found.kind = 'material.share' and share_id = found.id limit 1) as opened on true`
}

/** A moment and the details beside it, as the queries of pages and streams return it. */
export interface MomentRow {
  id: string
  kind: string
  /** A time in PostgreSQL's own text. */
  occurred_at: string
  updated_at: string
  /** The driver gives 64 bits as text. */
  revision: string
  item: string | null
  active_seconds: number
  depth_unit: 'page' | 'percent' | 'second' | null
  depth_reached: number | null
  depth_total: number | null
  /** The last sign that the reader has it open. */
  seen_at: string | null
  /** Whether the reader has left or hidden it since. */
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
  /** Null unless the moment is a push. */
  push_opened: boolean | null
  contact_name: string | null
  workorder_id: string | null
  workorder_number: string | null
  workorder_type: string | null
  workorder_status: string | null
  workorder_place: string | null
  forward_opened_at: string | null
}

/** The columns of a `MomentRow`, from a relation that has them all. */
function rowSql(from: string): string {
  // The driver makes a `Date` of a time; a text costs less.
  const times = ['occurred_at', 'updated_at', 'seen_at', 'forward_opened_at'].map(
    (name) => `${from}.${name}::text as ${name}`,
  )
  return [...times, ...otherColumns.map((name) => `${from}.${name}`)].join(', ')
}

const otherColumns = [
  ...['id', 'kind', 'revision', 'item', 'identity_id', 'identity_kind', 'identity_value'],
  ...['active_seconds', 'depth_unit', 'depth_reached', 'depth_total', 'ended', 'confirmed'],
  ...['material_id', 'share_id', 'share_corp', 'share_member', 'share_forwards', 'contact_name'],
  'push_opened',
  ...['workorder_id', 'workorder_number', 'workorder_type', 'workorder_status', 'workorder_place'],
]

/**
 * The conditions of a page. The text contains only the requested ones, so that the planner sees a
 * plain page as plain.
 */
export interface Filters {
  kinds: boolean
  material: boolean
  member: boolean
  from: boolean
  to: boolean
  /**
   * Whether none of the requested kinds is `material.view`. Nearly all moments are views, and an
   * index leaves them out.
   */
  withoutViews: boolean
}

/** Who reads, for both statements. */
export interface Reader {
  /** The readable identities. Null: all of them. */
  identityIds: readonly string[] | null
  /** Whether the reader may see the name of the present row of `contacts`. Two parameters. */
  knowsContact: Permission
}

/** The first parameter behind those of the page itself and of its reader. */
const firstOfPermission = 12

/**
 * Returns the text of a page. Its parameters are the person, the position (time, id), kinds,
 * material, member, from, to, those of the reader, and those of the permission. The limit is part
 * of the text, because the planner must know how few rows are wanted. Every row carries the
 * snapshot of the page and whether it may be shown. A page without moments is one row with only
 * these two.
 */
export function pageSql(
  limit: number,
  filters: Filters,
  { identityIds, knowsContact }: Reader,
  permission: Permission | null,
): string {
  const own = `select id from identities where person_id = $1::uuid${
    identityIds ? ' and id = any($9::uuid[])' : ''
  }`
  const within = [
    '(occurred_at, id) < ($2::timestamptz, $3::uuid)',
    isNoHiddenForward,
    filters.kinds && 'kind = any($4::text[])',
    filters.withoutViews && `kind <> 'material.view'`,
    filters.material && 'material_id = $5::uuid',
    filters.member && 'member_userid = $6::text',
    filters.from && 'occurred_at >= $7::timestamptz',
    filters.to && 'occurred_at < $8::timestamptz',
  ].filter(Boolean)
  const inner = newestOf(within.join(' and '), limit, own)
  return `
with given as materialized (select pg_current_snapshot()::text as snapshot,
  ${permission ? ruleSql(permission, '$1::uuid', firstOfPermission) : 'true'} as allowed,
  $4::text[], $5::uuid, $6::text, $7::timestamptz, $8::timestamptz, $9::uuid[])
select given.snapshot, given.allowed, ${rowSql('page')} from given left join (
select ${details} from ${withDetails(inner, own, ruleSql(knowsContact, '$1::uuid', 10))}
) as page on given.allowed
order by page.occurred_at desc, page.id desc`
}

/** How many changes one step of a live stream reads. */
export const mostChanges = 200

/** The readable identities, of which $5 names some. Null is not enough for two contacts. */
const changesOwn = `select id from identities where person_id = $1::uuid
  and (id = any($5::uuid[]) or $5::uuid[] is null and (
    select count(*) from identities
    where person_id = $1::uuid and kind = 'external_userid') < 2)`

/** Visible to $2 (a snapshot, empty = everything now) and not to $3. */
const isNew = `not pg_visible_in_snapshot(txid, $3::text::pg_snapshot) and ($2::text is null or pg_visible_in_snapshot(txid, $2::text::pg_snapshot))`

/**
 * Changes that are visible to $2 and were not visible to $3, after revision $4, in the order of
 * revisions. The log names the moments, by index. Some of them may have been visible already, or
 * have changed again since. So the moment's own row decides whether it changed, and each moment is
 * told once, in its present state.
 */
const changedMoments = `
  select moment.* from (
    select distinct moment_id from (${changesOwn}) as own cross join lateral (
      select moment_id from moment_changes
      where of = own.id and txid >= pg_snapshot_xmin($3::text::pg_snapshot)
        and txid < pg_snapshot_xmax(pg_current_snapshot()) and ${isNew}) as change) as candidate
  cross join lateral (
    select ${columns} from moments
    where id = candidate.moment_id and ${isNew} and revision > $4::bigint
      and ${isNoHiddenForward} and (
      identity_id = ${among(changesOwn)}
      or target_identity_id = ${among(changesOwn)} and ${isReadByNobodyKnown}) limit 1) as moment
  order by revision limit ${mostChanges}`

/**
 * The changes, with a flag for the person's identities. The flag is true when they changed since
 * $3, or when the changes since then are not known any more.
 */
export const changesSql = ({ knowsContact }: Pick<Reader, 'knowsContact'>): string => {
  const knows = ruleSql(knowsContact, '$1::uuid', 6)
  return `
select pg_current_snapshot()::text as snapshot, ${rowSql('changes')},
  (select ${isForgottenSql('$3::text::pg_snapshot')}
      or not pg_visible_in_snapshot(txid, $3::text::pg_snapshot)
      and txid < pg_snapshot_xmax(pg_current_snapshot())
      and ($2::text is null or pg_visible_in_snapshot(txid, $2::text::pg_snapshot))
    from persons where id = $1::uuid) as regrouped,
  array(select id from identities where person_id = $1::uuid order by id) as identity_ids,
  (select count(*)::int from identities
    where person_id = $1::uuid and kind = 'external_userid') as contacts
from (select) as one left join (
select ${details} from ${withDetails(changedMoments, changesOwn, knows)}
) as changes on true
order by changes.revision`
}
