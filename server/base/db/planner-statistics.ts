import type { Context } from '../context.ts'
import type { Job } from './jobs.ts'

/** PostgreSQL reads tables smaller than this as a whole, and nobody notices. */
const leastChanges = 500

/**
 * Updates the planner's statistics when a table has doubled; then PostgreSQL plans its statements
 * anew. Our plans are made once. Those of the first minute were made on empty tables, where every
 * index looks alike. The wrong index costs a hundred times as much once the table is full
 * (measured: 0.4 → 12 ms per statement). PostgreSQL's own update comes a minute later at the
 * earliest.
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
