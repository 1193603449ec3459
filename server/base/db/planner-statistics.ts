import type { Context } from '../context.ts'
import type { Job } from './jobs.ts'

/** Tables smaller than this are read whole without anybody noticing. */
const leastChanges = 500

/**
 * Tells the planner when a table has doubled. Our plans are made once; those of the first minute
 * were made on empty tables, where every index looks alike, and the wrong one costs a hundred times
 * as much once the table is full (measured: 0.4 → 12 ms per statement). PostgreSQL's own look comes
 * a minute later at the earliest. New statistics make it plan anew.
 */
export const plannerStatistics: Job = {
  name: 'planner-statistics',
  everyMs: 5_000,
  async run({ db }: Context) {
    const { rows } = await db.$client.query<{ name: string }>({
      name: 'grown-tables',
      text: `select format('%I.%I', schemaname, stat.relname) as name
        from pg_stat_user_tables as stat join pg_class on pg_class.oid = stat.relid
        where stat.n_mod_since_analyze > ${leastChanges} + greatest(pg_class.reltuples, 0)`,
    })
    for (const { name } of rows) await db.$client.query(`analyze ${name}`)
  },
}
