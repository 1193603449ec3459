import pg from 'pg'
import { openDatabase } from '../server/base/db/database.ts'

interface Explained {
  'QUERY PLAN': { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }[]
}

/**
 * Returns how many blocks of 8 KB each of these executions reads, in memory or not. Unlike
 * milliseconds, this does not depend on other programs.
 */
export async function blocksRead(
  databaseUrl: string,
  text: string,
  values: readonly (readonly (string | null)[])[],
): Promise<number[]> {
  // With the settings of the server's connections, so the plan is the same.
  const pool = openDatabase(databaseUrl, { connections: 1 }).$client
  const client = await pool.connect()
  try {
    await client.query(`prepare explained as ${text}`)
    const read: number[] = []
    for (const parameters of values) {
      const list = parameters
        .map((value) => (value === null ? 'null' : pg.escapeLiteral(value)))
        .join(', ')
      const { rows } = await client.query<Explained>(
        `explain (analyze, buffers, timing off, format json) execute explained(${list})`,
      )
      const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
      if (!plan) throw new Error('PostgreSQL explained nothing')
      read.push(plan['Shared Hit Blocks'] + plan['Shared Read Blocks'])
    }
    return read
  } finally {
    client.release()
    await pool.end()
  }
}
