import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { makeTestApp } from '../testing/test-app.ts'
import { directory, openDirectory, openSeen } from './directory.ts'
import { vault } from './secrets/vault.ts'
import { connections, corps } from './tables.ts'
import { openTokenStore } from './token-store.ts'

test('of two changes soon after each other the later one is known, however slow the first is', async () => {
  const app = await makeTestApp()
  const own = app.ctx.memory.get(vault)
  let hold: Promise<void> = Promise.resolve()
  const slow: typeof own = {
    lock: own.lock,
    async unlock(...args) {
      await hold
      return own.unlock(...args)
    },
  }
  const tokens = openTokenStore({ ...app.ctx, vault: own })
  const { seen } = openSeen(app.ctx)
  const known = await openDirectory({ ctx: app.ctx, vault: slow, tokens, timeoutMs: 100, seen })
  const before = known.connections().length

  let letGo: () => void = () => undefined
  hold = new Promise((resolve) => (letGo = resolve))
  const first = known.reload()
  await app.db.execute('select pg_sleep(0.1)')
  hold = Promise.resolve()
  await app.db.execute(`insert into connections
    select gen_random_uuid(), corp_id, kind, 'later', settings, now(), now()
    from connections where kind = 'miniprogram'`)
  const second = known.reload()
  await Promise.race([second, app.db.execute('select pg_sleep(0.3)')])
  letGo()
  await Promise.all([first, second])
  expect(known.connections().map(({ platformId }) => platformId)).toContain('later')
  expect(known.connections()).toHaveLength(before + 1)
  expect(known.corps()).toHaveLength(await app.db.$count(corps))
  await app.stop()
})

test('what changed while a process could not listen is known once it listens again', async () => {
  const app = await makeTestApp()
  const known = app.ctx.memory.get(directory)
  expect(known.connections()).toHaveLength(3)
  await app.db.delete(connections).where(eq(connections.kind, 'miniprogram'))
  await app.db.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'chatside listener' and datname = current_database()`)
  await expect.poll(() => known.connections().length, { timeout: 5_000 }).toBe(2)
  await app.stop()
})
