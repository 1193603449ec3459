import type { Context } from '../../base/context.ts'
import type { Job } from '../../base/db/jobs.ts'

/** Longer than a stream lives; who was away for longer reads the timeline anew. */
const keptForMs = 60 * 60_000

/**
 * Writes down which identities' moments a transaction changed; `changed` is a relation with `id,
 * identity_id, target_identity_id`.
 */
export function logSql(changed: string): string {
  return `
  insert into moment_changes (of, moment_id)
  select identity_id, id from ${changed} union all
  select target_identity_id, id from ${changed}
  where target_identity_id is not null and target_identity_id <> identity_id`
}

/** Whether changes that the snapshot did not see may have been let go of. */
export function isForgottenSql(snapshot: string): string {
  return `coalesce((select min(txid) from change_marks) > pg_snapshot_xmin(${snapshot}), false)`
}

/** Keeps the changes of the last hour: older ones would only tell streams that are long gone. */
export const changeLog: Job = { name: 'change-log', everyMs: 60_000, run: forgetChanges }

export async function forgetChanges(ctx: Context): Promise<void> {
  const now = ctx.clock.now()
  const { $client: pool } = ctx.db
  await pool.query(
    'insert into change_marks (txid, at) values (pg_snapshot_xmin(pg_current_snapshot()), $1) on conflict (txid) do nothing',
    [now.toISOString()],
  )
  // One statement: who reads the marks and the changes in one snapshot sees neither without the
  // other.
  await pool.query(
    `with last as materialized (
        select max(txid) as txid from change_marks where at <= $1::timestamptz),
      gone as (delete from moment_changes using last where moment_changes.txid < last.txid)
    delete from change_marks using last where change_marks.txid < last.txid`,
    [new Date(now.getTime() - keptForMs).toISOString()],
  )
}
