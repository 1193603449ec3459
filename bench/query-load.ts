import { performance } from 'node:perf_hooks'
import { openDatabase } from '../server/base/db/database.ts'

/** Repeats one statement over one connection, with the settings of the server. */
export interface QueryJob {
  kind: 'query'
  databaseUrl: string
  text: string
  /**
   * Parameters for queries before the measurement. A connection first plans the statement, reads
   * the catalogue and maps shared memory. After that it stays as fast as it is for hours.
   */
  warmUp: readonly (readonly (string | null)[])[]
  /** Parameters of the measured queries, in order. */
  values: readonly (readonly (string | null)[])[]
}

export interface QueryOutcome {
  /** In milliseconds, with the way to PostgreSQL and back. */
  latencies: Float64Array
}

export async function queryAll({
  databaseUrl,
  text,
  warmUp,
  values,
}: QueryJob): Promise<QueryOutcome> {
  const pool = openDatabase(databaseUrl, { connections: 1 }).$client
  const client = await pool.connect()
  try {
    const ask = async (parameters: readonly (string | null)[]) =>
      client.query({ name: 'bench', text, values: [...parameters] })
    for (const parameters of warmUp) await ask(parameters)
    const latencies = new Float64Array(values.length)
    for (const [index, parameters] of values.entries()) {
      const begun = performance.now()
      await ask(parameters)
      latencies[index] = performance.now() - begun
    }
    return { latencies }
  } finally {
    client.release()
    await pool.end()
  }
}
