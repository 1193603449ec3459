/**
 * The read model of the timeline. It reads the tables of other domains, which nothing else here does: a page must be one round trip, and a moment shows a little
 * of everything. It never writes there.
 */

/**
 * Whose moments a person's timeline holds: those of the person's identities, and those that came through a share pushed to one of them and whose reader is
 * no known contact (`confirmed: false`). Each half reads only as many rows of the index as it gives, per identity, whatever the length of the history. The own
 * moments that the second half finds again are not excluded there but by `union`: skipping them could mean walking the whole history.
 */
function timelineOf(columns: string, within: string, order: string, limit: number): string {
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

function withDetails(inner: string, order: string): string {
  return `
select moments.id, moments.kind, moments.occurred_at, moments.updated_at, moments.revision, moments.item,
  moments.active_seconds, moments.depth_unit, moments.depth_reached, moments.depth_total, moments.ended_at,
  identities.person_id = $1::uuid as confirmed,
  identities.id as identity_id, identities.kind as identity_kind, identities.value as identity_value,
  materials.id as material_id, materials.kind as material_kind, materials.title as material_title, materials.cover_file_id,
  shares.id as share_id, shares.forwards as share_forwards, coalesce(members.name, shares.member_userid) as member_name,
  contacts.profile ->> 'name' as contact_name,
  workorders.id as workorder_id, workorders.number as workorder_number, workorders.type as workorder_type, workorders.status as workorder_status,
  coalesce(nullif(workorders.location_name, ''), nullif(workorders.location_address, '')) as workorder_place
from (${inner}) as found
join moments on moments.id = found.id
join identities on identities.id = moments.identity_id
left join materials on materials.id = moments.material_id
left join shares on shares.id = moments.share_id
left join members on members.corp_id = shares.corp_id and members.user_id = shares.member_userid
left join identities as target on target.id = shares.target_identity_id
left join contacts on contacts.corp_id = target.corp_id and contacts.external_userid = target.value
left join workorders on workorders.id = moments.workorder_id
order by ${order}`
}

/** The text of a page; the limit is part of it, because the planner must know how few rows are wanted. */
export function pageSql(limit: number): string {
  const within = '(occurred_at, id) < ($2::timestamptz, $3::uuid) and ($4::text[] is null or kind = any($4::text[]))'
  return withDetails(timelineOf('id, occurred_at', within, 'occurred_at desc, id desc', limit), 'moments.occurred_at desc, moments.id desc')
}

/** How many changes one step of a live stream reads. */
export const mostChanges = 200

/** Changes with a revision above $2, and of those up to $3 only the ones made after $4. */
export const changesSql = withDetails(
  timelineOf('id, revision', 'revision > $2::bigint and (revision > $3::bigint or updated_at > $4::timestamptz)', 'revision', mostChanges),
  'moments.revision',
)
