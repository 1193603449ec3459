import { expect, test } from 'vitest'
import { makeTestApp } from '../testing/test-app.ts'
import { openDirectory, openSeen } from './directory.ts'
import { vault } from './secrets/vault.ts'
import { corps } from './tables.ts'
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
