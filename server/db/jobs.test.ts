import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import { once } from './jobs.ts'

let app: TestApp

beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

test('a job is done by one process at a time', async () => {
  const other = await makeTestApp({ beside: app })
  const job = { name: 'alone', everyMs: 1, run: async () => expect(await once(other.ctx, { ...job, run: async () => {} })).toBe(false) }
  expect(await once(app.ctx, job)).toBe(true)
  expect(await once(other.ctx, { ...job, run: async () => {} })).toBe(true)
  await other.stop()
})

test('a database that goes away while a job works ends the job, not the process', async () => {
  const job = {
    name: 'cut',
    everyMs: 1,
    async run() {
      // The lock's own connection among them, on which nobody waits for an answer.
      await app.db.$client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'chatside'`,
      )
    },
  }
  await expect(once(app.ctx, job)).rejects.toThrow()
  expect(await once(app.ctx, { ...job, run: async () => {} })).toBe(true)
})
