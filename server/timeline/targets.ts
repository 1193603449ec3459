import { sql } from 'drizzle-orm'
import type { Queryable } from '../base/db/database.ts'

/**
 * Returns the persons to whom a share was pushed under which these identities acted. Their
 * timelines show these acts while the reader is no known contact. Views are found through
 * `readers`, because there may be a hundred thousand of them. Other acts are few, and an index
 * without views finds them.
 */
export async function targetsOf(q: Queryable, identityIds: readonly string[]): Promise<string[]> {
  const ids = sql`${sql.param([...identityIds])}::uuid[]`
  const { rows } = await q.execute<{ id: string }>(sql`
    select distinct target.person_id as id from (
      select share.target_identity_id as id from (
        select share_id as id from readers where identity_id = any(${ids})
        union select share_id from rollup_deltas where identity_id = any(${ids})
      ) as opened cross join lateral (
        select target_identity_id from shares where id = opened.id limit 1) as share
      union
      select target_identity_id from moments
      where identity_id = any(${ids}) and kind <> 'material.view'
    ) as reached cross join lateral (
      select person_id from identities where id = reached.id limit 1) as target`)
  return rows.map(({ id }) => id)
}

/**
 * Returns the persons who acted under shares that were pushed to these identities. Their timelines
 * name the receiver.
 */
export async function readersUnder(
  q: Queryable,
  targetIdentityIds: readonly string[],
): Promise<string[]> {
  const { rows } = await q.execute<{ id: string }>(sql`
    select distinct reader.person_id as id from (
      select distinct identity_id from moments
      where target_identity_id = any(${sql.param([...targetIdentityIds])}::uuid[])
    ) as reading cross join lateral (
      select person_id from identities where id = reading.identity_id limit 1) as reader`)
  return rows.map(({ id }) => id)
}
