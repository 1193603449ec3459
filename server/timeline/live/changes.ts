import type { Context } from '../../base/context.ts'
import type { Job } from '../../base/db/jobs.ts'

/** Longer than a stream lives. A client that was away for longer reads the timeline anew. */
const keptForMs = 60 * 60_000

/**
 * Returns SQL that logs the identities whose moments a transaction changed; `changed` is a relation
 * with `id, identity_id, target_identity_id`.
 */
export function logSql(changed: string): string {
  return `
  insert into moment_changes (of, moment_id)
  select identity_id, id from ${changed} union all
  select target_identity_id, id from ${changed}
  where target_identity_id is not null and target_identity_id <> identity_id`
}

/** SQL: whether some changes that this snapshot did not see may have been deleted. */
export function isForgottenSql(snapshot: string): string {
  return `coalesce((select min(txid) from change_marks) > pg_snapshot_xmin(${snapshot}), false)`
}

/**
 * Deletes changes that are older than an hour: only streams that ended long ago would need them.
 */
export const changeLog: Job = { name: 'change-log', everyMs: 60_000, run: forgetChanges }

export async function forgetChanges(ctx: Context): Promise<void> {
  const now = ctx.clock.now()
  const { $client: pool } = ctx.db
  await pool.query(
    'insert into change_marks (txid, at) values (pg_snapshot_xmin(pg_current_snapshot()), $1) on conflict (txid) do nothing',
    [now.toISOString()],
  )
  // One statement, so that every snapshot sees both the marks and the changes, or neither of them.
  await pool.query(
    `with last as materialized (
        select max(txid) as txid from change_marks where at <= $1::timestamptz),
      gone as (delete from moment_changes using last where moment_changes.txid < last.txid)
    delete from change_marks using last where change_marks.txid < last.txid`,
    [new Date(now.getTime() - keptForMs).toISOString()],
  )
}
