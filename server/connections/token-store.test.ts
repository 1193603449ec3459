import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import type { Clock } from '../base/clock.ts'
import { openMetrics } from '../base/http/operator/metrics.ts'
import type { TokenStore } from '../platforms/platform-tokens.ts'
import { vault } from './secrets/vault.ts'
import { openTokenStore } from './token-store.ts'

let app: TestApp
beforeEach(async () => {
  app = await makeTestApp()
})
afterEach(() => app.stop())

const key = 'wecom/ww/1/access_token'

/** Returns the store of one process, with a platform that gives numbered tokens. */
function storeOf(clock: Clock = app.clock): TokenStore {
  const { db, random } = app.ctx
  return openTokenStore({
    db,
    clock,
    random,
    metrics: openMetrics(),
    vault: app.ctx.memory.get(vault),
  })
}
function platform(seconds = 7200) {
  let given = 0
  return {
    key,
    fetch: async () => ({ value: `token-${(given += 1)}`, seconds }),
    given: () => given,
  }
}

it('callers in one process share one fetch, and so do processes', async () => {
  const source = platform()
  const stores = [storeOf(), storeOf(), storeOf()]
  const tokens = await Promise.all(
    stores.flatMap((store) => Array.from({ length: 20 }, () => store.get(source))),
  )
  expect(new Set(tokens.map((token) => token.value))).toEqual(new Set(['token-1']))
  expect(source.given()).toBe(1)
})

it('a token near its end is renewed in the background while nobody waits', async () => {
  const source = platform()
  const store = storeOf()
  await store.get(source)
  app.clock.advance((7200 - 200) * 1000)
  expect((await store.get(source)).value).toBe('token-1')
  await expect.poll(async () => (await store.get(source)).value).toBe('token-2')
  expect(source.given()).toBe(2)
})

it('a platform that gives the same token again is not asked at every call', async () => {
  let asked = 0
  const source = {
    key,
    fetch: async () => ({ value: 'same', seconds: Math.max(200, 7200 - (asked += 1) * 7000) }),
  }
  const store = storeOf()
  for (let i = 0; i < 20; i += 1) await store.get(source)
  app.clock.advance(20_000)
  for (let i = 0; i < 20; i += 1) await store.get(source)
  expect(asked).toBe(1)
})

it('a dropped token is fetched anew, but not the newer one that another process has', async () => {
  const source = platform()
  const [one, two] = [storeOf(), storeOf()]
  await one.get(source)
  await two.get(source)
  await one.drop(key, 'token-1')
  expect((await one.get(source)).value).toBe('token-2')
  await two.drop(key, 'token-1')
  expect((await two.get(source)).value).toBe('token-2')
  expect(source.given()).toBe(2)
})

it('a token that is refused while another process renews it is not given again', async () => {
  const source = platform()
  const store = storeOf()
  await store.get(source)
  app.clock.advance((7200 - 200) * 1000)
  const lease = `update platform_tokens set lease_owner = $2,
    lease_until = clock_timestamp() + make_interval(secs => $3) where key = $1`
  await app.db.$client.query(lease, [key, 'other', 15])
  expect((await store.get(source)).value).toBe('token-1')
  await store.drop(key, 'token-1')
  const next = store.get(source)
  await app.db.$client.query(lease, [key, null, null])
  expect((await next).value).toBe('token-2')
  expect((await store.get(source)).value).toBe('token-2')
})

/** Writes a lease as another process would, by the clock of the database. */
async function leaseOf(owner: string, seconds: number): Promise<void> {
  await app.db.$client.query(
    `insert into platform_tokens (key, lease_owner, lease_until)
     values ($1, $2, clock_timestamp() + make_interval(secs => $3))`,
    [key, owner, seconds],
  )
}

it('a process that was killed while it fetched holds the others up for no longer than its lease', async () => {
  await leaseOf('killed', 0.4)
  const source = platform()
  const waiting = storeOf().get(source)
  // The clock of this process says that the lease has ended long ago.
  app.clock.advance(20_001)
  expect(await isStillLeased()).toBe(true)
  expect(source.given()).toBe(0)
  expect((await waiting).value).toBe('token-1')
  expect(await isStillLeased()).toBe(false)
})

async function isStillLeased(): Promise<boolean> {
  const { rowCount } = await app.db.$client.query(
    'select from platform_tokens where key = $1 and lease_until > clock_timestamp()',
    [key],
  )
  return rowCount === 1
}

it('a lease of a process whose clock was a day ahead binds nobody', async () => {
  await leaseOf('a day ahead', 24 * 60 * 60)
  const begun = performance.now()
  expect((await storeOf().get(platform())).value).toBe('token-1')
  expect(performance.now() - begun).toBeLessThan(2_000)
})

it('two processes whose clocks are a day apart fetch once', async () => {
  const source = platform()
  const slow = { now: () => new Date(app.clock.now().getTime() - 24 * 60 * 60_000) }
  const [one, two] = [storeOf(), storeOf(slow)]
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const fetched = one.get({
    key,
    fetch: async () => {
      await held
      return source.fetch()
    },
  })
  await expect.poll(isStillLeased).toBe(true)
  const other = two.get(source)
  release()
  expect((await fetched).value).toBe('token-1')
  expect((await other).value).toBe('token-1')
  expect(source.given()).toBe(1)
})

it('a fetch that fails frees the way for the next', async () => {
  const store = storeOf()
  await expect(store.get({ key, fetch: () => Promise.reject(new Error('no')) })).rejects.toThrow(
    'no',
  )
  expect((await storeOf().get(platform())).value).toBe('token-1')
})
