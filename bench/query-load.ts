import { performance } from 'node:perf_hooks'
import { openDatabase } from '../server/base/db/database.ts'

/** The same statement again and again over one connection, with the settings of the server's. */
export interface QueryJob {
  kind: 'query'
  databaseUrl: string
  text: string
  /**
   * Asked before anything is measured: a connection plans the statement, reads the catalogue and
   * maps what many people share before it is as fast as it stays for hours.
   */
  warmUp: readonly (readonly (string | null)[])[]
  /** Parameters, in the order in which they are asked. */
  values: readonly (readonly (string | null)[])[]
}

export interface QueryOutcome {
  /** Milliseconds, with the way to PostgreSQL and back. */
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
