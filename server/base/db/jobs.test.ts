import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { type Job, nudgeAtCommit, once, startJobs } from './jobs.ts'

let app: TestApp

beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

test('a job is done by one process at a time', async () => {
  const other = await makeTestApp({ beside: app })
  const job = {
    name: 'alone',
    everyMs: 1,
    run: async () => expect(await once(other.ctx, { ...job, run: async () => {} })).toBe(false),
  }
  expect(await once(app.ctx, job)).toBe(true)
  expect(await once(other.ctx, { ...job, run: async () => {} })).toBe(true)
  await other.stop()
})

test('a database that goes away while a job works ends the job, not the process', async () => {
  const job = {
    name: 'cut',
    everyMs: 1,
    async run() {
      // This kills the connection of the lock too, which waits for no answer.
      await app.db.$client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'chatside'`,
      )
    },
  }
  await expect(once(app.ctx, job)).rejects.toThrow()
  expect(await once(app.ctx, { ...job, run: async () => {} })).toBe(true)
})

/** Returns a job whose regular turns are so rare that only a nudge explains a second run. */
function rare(run: () => Promise<void> | void): Job {
  return { name: 'rare', everyMs: 3_600_000, run: async () => run() }
}

/** Returns the messages between processes from now on. */
async function overheard(): Promise<string[]> {
  const heard: string[] = []
  await app.ctx.listener.subscribe('jobs', (name) => heard.push(name))
  return heard
}

test('a job that is nudged while another process is at it runs again as soon as that one is done', async () => {
  const other = await makeTestApp({ beside: app })
  const heard = await overheard()
  const runs: string[] = []
  let letGo = () => {}
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const first = startJobs(app.ctx, [
    rare(async () => {
      runs.push('first')
      await held
    }),
  ])
  await expect.poll(() => runs).toEqual(['first'])
  const second = startJobs(other.ctx, [rare(() => void runs.push('second'))])
  try {
    second.nudge('rare')
    await expect.poll(() => heard).toEqual(['rare'])
    expect(runs).toEqual(['first'])
    letGo()
    await expect.poll(() => runs.length).toBeGreaterThan(1)
    // A process does not pass on what another one told it, so processes cannot wake each other for
    // ever.
    expect(heard).toEqual(['rare'])
  } finally {
    letGo()
    await Promise.all([first.stop(), second.stop()])
    await other.stop()
  }
})

test('a job is nudged by a commit on any server, and not by a transaction that is rolled back', async () => {
  const other = await makeTestApp({ beside: app })
  const heard = await overheard()
  let runs = 0
  const jobs = startJobs(app.ctx, [rare(() => void (runs += 1))])
  try {
    await expect.poll(() => runs).toBe(1)
    const failing = other.db.transaction(async (tx) => {
      await nudgeAtCommit(tx, { name: 'rare' })
      throw new Error('rolled back')
    })
    await expect(failing).rejects.toThrow('rolled back')
    await other.db.transaction((tx) => nudgeAtCommit(tx, { name: 'rare' }))
    await expect.poll(() => runs).toBe(2)
    expect(heard).toEqual(['rare'])
  } finally {
    await jobs.stop()
    await other.stop()
  }
})

test('however many jobs there are, a process does few at once, so that its requests find a connection', async () => {
  let [now, most, done] = [0, 0, 0]
  const jobs = Array.from({ length: 20 }, (_, index) => ({
    name: `one of many ${index}`,
    everyMs: 3_600_000,
    async run({ db }: TestApp['ctx']) {
      most = Math.max(most, (now += 1))
      await db.$client.query('select pg_sleep(0.02)')
      now -= 1
      done += 1
    },
  }))
  const started = startJobs(app.ctx, jobs)
  await expect.poll(() => done).toBe(20)
  await started.stop()
  expect(most).toBe(3)
})
