import pg from 'pg'
import { expect } from 'vitest'
import { erasePerson } from '../../../shared/contract/privacy.ts'
import { once } from '../../base/db/jobs.ts'
import { erasures as job } from '../../privacy/erase.ts'
import { erasures } from '../../privacy/tables.ts'
import type { As, TestApp } from '../test-app.ts'

export async function tablesOf(app: TestApp): Promise<string[]> {
  const { rows } = await app.db.$client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace
       and relkind in ('r', 'p') and not relispartition order by 1`,
  )
  return rows.map(({ name }) => name)
}

/** Returns every table that contains one of these texts, in any column, and how often. */
export async function found(
  app: TestApp,
  traces: readonly string[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of await tablesOf(app)) {
    const { rows } = await app.db.$client.query<{ count: number }>(
      `select count(*)::int as count from ${pg.escapeIdentifier(table)} as one
       where one::text like any($1::text[])`,
      [traces.map((trace) => `%${trace}%`)],
    )
    if (rows[0] && rows[0].count > 0) counts[table] = rows[0].count
  }
  return counts
}

export function erase(app: TestApp, as: As) {
  return app.call(erasePerson, { body: { confirm: true } }, as)
}

/** Runs the job until no older transaction is under way. */
export async function finishErasures(app: TestApp): Promise<void> {
  await expect
    .poll(async () => {
      await once(app.ctx, job)
      return (await app.db.select().from(erasures)).filter(({ state }) => state === 'pending')
    })
    .toEqual([])
}
