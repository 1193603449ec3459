import { makeUuid7 } from '../shared/tracker/uuid.ts'
import type { Ground } from './ground.ts'
import { load } from './load.ts'
import { median, perSecond, printTable, ratio } from './table.ts'

const uuid = makeUuid7(Date.now, Math.random)
const batch = 20
const connections = 50
const seconds = 4

/** A visit of twenty events, as a reader's phone sends them. */
export function batchOf(ground: Ground, count = batch): string {
  const visitId = uuid()
  const occurredAt = new Date().toISOString()
  const events = Array.from({ length: count }, (_, index) => ({
    id: uuid(),
    occurredAt,
    visitId,
    shareId: ground.shareId,
    kind: 'view.progress',
    activeSeconds: index,
    depth: { unit: 'percent', reached: Math.min(100, index * 5), total: 100 },
  }))
  return JSON.stringify({ sentAt: occurredAt, events })
}

/** What the driver can do on the same table: the same rows, nothing parsed, no moments. */
async function rawInserts(ground: Ground): Promise<number> {
  await ground.pool.query('create table if not exists bench_events (like events including all)')
  const columns = 10
  const values = Array.from(
    { length: batch },
    (_, row) => `(${Array.from({ length: columns }, (_, column) => `$${row * columns + column + 1}`).join(', ')})`,
  )
  const text = `insert into bench_events (id, corp_id, identity_id, kind, visit_id, share_id, occurred_at, reported_at, received_at, properties) values ${values.join(', ')}`
  const until = Date.now() + seconds * 1000
  let stored = 0
  const worker = async () => {
    while (Date.now() < until) {
      const now = new Date().toISOString()
      const visit = uuid()
      const rows = Array.from({ length: batch }, (_, index) => [
        uuid(),
        ground.corpId,
        ground.identityId,
        'view.progress',
        visit,
        ground.shareId,
        now,
        now,
        now,
        JSON.stringify({ activeSeconds: index, depth: { unit: 'percent', reached: index * 5, total: 100 } }),
      ])
      await ground.pool.query({ name: 'raw', text, values: rows.flat() })
      stored += batch
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  await ground.pool.query('truncate bench_events')
  return stored / seconds
}

export async function trackThroughput(ground: Ground): Promise<void> {
  const raw: number[] = []
  const ours: number[] = []
  for (let round = 0; round < 4; round++) {
    const one = await rawInserts(ground)
    const other = await load(`${ground.servers[0]}/api/track`, {
      connections,
      seconds,
      headers: ground.visitor,
      body: () => batchOf(ground),
    })
    if (round > 0) {
      raw.push(one)
      ours.push(other.perSecond * batch)
    }
  }
  printTable(
    `POST /api/track, batches of ${batch}, ${connections} connections, median of 3 (budget: ≥ 0.50 of the driver's multi-row insert)`,
    ['', 'events', 'ratio'],
    [
      ['raw multi-row insert, no HTTP, no moments', perSecond(median(raw)), ratio(1)],
      ['POST /api/track: parsed, stored, moments, NOTIFY', perSecond(median(ours)), ratio(median(ours) / median(raw))],
    ],
  )
}
