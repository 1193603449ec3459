import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { transact } from './database.ts'
import { notify } from './listen.ts'

let app: TestApp
beforeEach(async () => {
  app = await makeTestApp()
})
afterEach(() => app.stop())

it('what one process commits is heard by another, and what is rolled back is not', async () => {
  const other = await makeTestApp({ beside: app })
  const heard: string[] = []
  await other.ctx.listener.subscribe('news', (payload) => heard.push(payload))
  await transact(app.db, (tx) =>
    notify(tx, 'news', 'dropped').then(() => Promise.reject(new Error('no'))),
  ).catch(() => undefined)
  await transact(app.db, (tx) => notify(tx, 'news', 'kept'))
  await expect.poll(() => heard).toEqual(['kept'])
  await other.stop()
})

it('a cut connection is made again, and who listens is told to look for what was missed', async () => {
  const heard: string[] = []
  let looks = 0
  await app.ctx.listener.subscribe('news', (payload) => heard.push(payload))
  app.ctx.listener.onReconnect(() => (looks += 1))
  await app.db.$client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chatside listener' and datname = current_database()`,
  )
  await expect.poll(() => looks).toBe(1)
  await notify(app.db, 'news', 'again')
  await expect.poll(() => heard).toEqual(['again'])
})

it('who has stopped hears no more', async () => {
  const heard: string[] = []
  const stop = await app.ctx.listener.subscribe('news', (payload) => heard.push(`one ${payload}`))
  await app.ctx.listener.subscribe('news', (payload) => heard.push(`two ${payload}`))
  stop()
  await notify(app.db, 'news', 'x')
  await expect.poll(() => heard).toEqual(['two x'])
})
