import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { track } from '../../../shared/contract/track.ts'
import { makeShare, makeVisitor, type TestVisitor } from '../../testing/factories.ts'
import { freePort } from '../../testing/free-port.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'

let app: TestApp
let child: ChildProcess | undefined

beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(async () => {
  child?.kill('SIGKILL')
  await app.stop()
})

/** Starts the program itself, in a process of its own, on the test's database. */
async function startServer(): Promise<string> {
  const port = await freePort()
  child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: {
      ...process.env,
      ...app.env,
      DATABASE_URL: app.databaseUrl,
      PORT: String(port),
      LOG_LEVEL: 'fatal',
    },
    stdio: 'inherit',
  })
  const url = `http://127.0.0.1:${port}`
  await expect
    .poll(
      () =>
        fetch(`${url}/api/settings`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 30_000 },
    )
    .toBe(200)
  return url
}

interface Batch {
  visitor: TestVisitor
  events: { id: string; visitId: string }[]
}

test(
  'kill -9 while events flow loses nothing that was acknowledged, and sending the rest again doubles nothing',
  { timeout: 60_000 },
  async () => {
    const share = await makeShare(app)
    const visitors = await Promise.all(Array.from({ length: 6 }, () => makeVisitor(app)))
    const url = await startServer()
    const sent: Batch[] = []
    const acknowledged: string[] = []
    let alive = true

    async function report(visitor: TestVisitor): Promise<void> {
      const visitId = app.ctx.random.id()
      for (let step = 1; alive; step += 1) {
        const occurredAt = app.clock.now().toISOString()
        const events = Array.from({ length: 20 }, () => ({
          id: app.ctx.random.id(),
          kind: 'view.progress',
          occurredAt,
          visitId,
          shareId: share,
          activeSeconds: step,
        }))
        sent.push({ visitor, events })
        const response = await fetch(`${url}/api/track`, {
          method: 'POST',
          headers: { ...visitor.as, 'content-type': 'application/json' },
          body: JSON.stringify({ sentAt: occurredAt, events }),
        }).catch(() => null)
        if (response?.status !== 200) return
        acknowledged.push(...events.map(({ id }) => id))
        // This comes while the other requests are under way.
        if (acknowledged.length > 1_500) child?.kill('SIGKILL')
      }
    }

    await Promise.all(visitors.map(report))
    alive = false
    if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(child?.signalCode).toBe('SIGKILL')
    expect(acknowledged.length).toBeGreaterThan(1_500)
    // Unless a request was cut off, this tested nothing.
    expect(sent.length * 20).toBeGreaterThan(acknowledged.length)
    expect(await stored(acknowledged)).toBe(acknowledged.length)

    for (const { visitor, events } of sent) {
      const reply = await app.call(
        track,
        { body: { sentAt: app.clock.now().toISOString(), events } },
        visitor.as,
      )
      expect(reply).toEqual({ accepted: 20, refused: [] })
    }
    const { rows } = await app.db.$client.query<{ events: string; moments: string }>(
      'select (select count(*) from events) as events, (select count(*) from moments) as moments',
    )
    expect(rows).toEqual([{ events: String(sent.length * 20), moments: String(visitors.length) }])
  },
)

async function stored(ids: readonly string[]): Promise<number> {
  const { rowCount } = await app.db.$client.query('select from events where id = any($1::uuid[])', [
    ids,
  ])
  return rowCount ?? 0
}
