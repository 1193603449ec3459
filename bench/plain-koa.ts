// What somebody would write who keeps events and shows lists with Koa and PostgreSQL and nothing
// else. It checks no event, makes no moments and tells nobody. It keeps the same event as durably
// as our server. So the difference in cost is the price of everything else that ours does. It uses
// the same driver and connection settings; the same token names the reporter. It prints its port.
import { createServer } from 'node:http'
import Koa from 'koa'
import { openDatabase } from '../server/base/db/database.ts'
import { openRandom, systemClock } from '../server/base/clock.ts'
import { jsonLimit, readJson } from '../server/base/http/body.ts'
import { openSessions } from '../server/base/http/session/sessions.ts'
import { bareKeyset, lastId, plainTable } from './plain.ts'

interface Waiting {
  events: readonly object[]
  settle: () => void
  reject: (error: unknown) => void
}

const sessions = openSessions(
  process.env.SESSION_SECRET ?? '',
  systemClock,
  openRandom(systemClock),
)
const pool = openDatabase(process.env.DATABASE_URL ?? '').$client
const mostInGroup = 1_000
let queue: Waiting[] = []
let isStoring = false

const insert = {
  name: 'append',
  text: `insert into ${plainTable} (id, corp_id, identity_id, kind, visit_id, share_id, occurred_at,
      properties)
    select id, "corpId", "identityId", kind, "visitId", "shareId", "occurredAt", event.properties
    from json_to_recordset($1::json) as event(id uuid, "corpId" text, "identityId" uuid, kind text,
      "visitId" uuid, "shareId" uuid, "occurredAt" timestamptz, properties jsonb)`,
}

/** Resolves once the events are on disk. Requests that come during a commit share the next one. */
function append(events: readonly object[]): Promise<void> {
  return new Promise((settle, reject) => {
    queue.push({ events, settle, reject })
    if (queue.length === 1 && !isStoring) setImmediate(() => void store())
  })
}

async function store(): Promise<void> {
  isStoring = true
  while (queue.length > 0) {
    const group = queue.slice(0, mostInGroup)
    queue = queue.slice(mostInGroup)
    await pool
      .query({ ...insert, values: [JSON.stringify(group.flatMap(({ events }) => events))] })
      .then(
        () => group.forEach(({ settle }) => settle()),
        (error: unknown) => group.forEach(({ reject }) => reject(error)),
      )
  }
  isStoring = false
}

/** Returns the columns, and the other reported fields. */
function rowOf(event: Record<string, unknown>, reporter: object): object {
  const { id, kind, visitId, shareId, occurredAt, ...properties } = event
  return { id, ...reporter, kind, visitId, shareId, occurredAt, properties }
}

const koa = new Koa()
koa.use(async (context) => {
  if (context.method === 'POST') {
    const { events } = (await readJson(context, { bytes: jsonLimit, patienceMs: 30_000 })) as {
      events: Record<string, unknown>[]
    }
    const { subject: reporter } = sessions.read(context.get('authorization').replace('Bearer ', ''))
    await append(events.map((event) => rowOf(event, reporter)))
    context.body = { accepted: events.length, refused: [] }
    return
  }
  // `?identity=…&before=…&bytes=…`: a page, filled up to the length of ours.
  const { identity, before, bytes } = context.query
  const { rows } = await pool.query({
    name: 'page',
    text: bareKeyset,
    values: [identity, before, lastId],
  })
  context.type = 'json'
  context.body = JSON.stringify(rows).padEnd(Number(bytes))
})
const server = createServer(koa.callback())
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit())
