import { performance } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { copyLine } from './generate.ts'
import { readingOf, type Reader } from './visits.ts'

/**
 * The speed of the database and its driver with the same events, without parsing, checks, folding
 * and answers.
 */
export interface InsertJob {
  kind: 'insert'
  databaseUrl: string
  table: string
  how: 'json' | 'copy'
  /** Events in a statement, or in a chunk of COPY. */
  eventsEach: number
  inFlight: number
  seconds: number
  /** How many statements to prepare. */
  count: number
  readers: readonly Reader[]
  /** A channel that each statement notifies. */
  notify?: string
}

export interface InsertOutcome {
  events: number
  seconds: number
}

const columns =
  'id, corp_id, identity_id, kind, visit_id, share_id, moment_id, occurred_at, reported_at, received_at, properties'
const types =
  'id uuid, corp_id text, identity_id uuid, kind text, visit_id uuid, share_id uuid, moment_id uuid, occurred_at timestamptz, reported_at timestamptz, received_at timestamptz, properties jsonb'

/** Prepares the statements, even their JSON text. That is the strictest meaning of "raw". */
export function prepareInserts({ how, eventsEach, count, readers }: InsertJob): string[] {
  const readings = readers.map((reader) => ({ ...reader, next: readingOf(reader) }))
  return Array.from({ length: count }, (_, index) => {
    const reading = readings[index % readings.length]
    if (!reading) throw new Error('there are no readers')
    const { corpId: corp_id, identityId: identity_id } = reading
    const rows = Array.from({ length: eventsEach }, () => {
      const { id, kind, visitId, shareId, occurredAt, ...properties } = reading.next()
      const times = { occurred_at: occurredAt, reported_at: occurredAt, received_at: occurredAt }
      return {
        id,
        corp_id,
        identity_id,
        kind,
        visit_id: visitId,
        share_id: shareId,
        moment_id: visitId,
        ...times,
        properties,
      }
    })
    if (how === 'json') return JSON.stringify(rows)
    return rows
      .map((row) => copyLine(Object.values({ ...row, properties: JSON.stringify(row.properties) })))
      .join('')
  })
}

export async function insertAll(job: InsertJob, prepared: string[]): Promise<InsertOutcome> {
  const pool = new pg.Pool({ connectionString: job.databaseUrl, max: job.inFlight })
  const clients = await Promise.all(Array.from({ length: job.inFlight }, () => pool.connect()))
  try {
    const begun = performance.now()
    const until = begun + job.seconds * 1000
    let done = 0
    const next = () => (performance.now() < until ? prepared.pop() : undefined)
    const insert = async (client: pg.PoolClient) => {
      const inserting = `insert into ${job.table} (${columns}) select ${columns} from json_to_recordset($1::json) as event(${types})`
      const text = job.notify
        ? `with stored as (${inserting}) select pg_notify('${job.notify}', gen_random_uuid()::text)`
        : inserting
      for (let rows = next(); rows !== undefined; rows = next(), done++)
        await client.query({ name: 'raw', text, values: [rows] })
    }
    const copy = async (client: pg.PoolClient) => {
      function* chunks() {
        for (let rows = next(); rows !== undefined; rows = next(), done++) yield rows
      }
      await pipeline(
        Readable.from(chunks()),
        client.query(copyFrom(`copy ${job.table} (${columns}) from stdin`)),
      )
    }
    await Promise.all(clients.map(job.how === 'copy' ? copy : insert))
    return { events: done * job.eventsEach, seconds: (performance.now() - begun) / 1000 }
  } finally {
    for (const client of clients) client.release()
    await pool.end()
  }
}
