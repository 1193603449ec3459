import { sql } from 'drizzle-orm'
import { setTimeout as wait } from 'node:timers/promises'
import * as v from 'valibot'
import type { Clock, Random } from '../base/clock.ts'
import type { Database } from '../base/db/database.ts'
import type { Metrics } from '../base/http/operator/metrics.ts'
import { PlatformError } from '../platforms/platform-error.ts'
import type { PlatformToken, TokenSource, TokenStore } from '../platforms/platform-tokens.ts'
import { SecretsError } from './secrets/installation-key.ts'
import { tokenPlace } from './secrets/locked-values.ts'
import type { Vault } from './secrets/vault.ts'

export interface TokenStoreOptions {
  db: Database
  clock: Clock
  random: Random
  metrics: Metrics
  vault: Vault
}

/**
 * A token is renewed this long before its end (or at nine tenths of a short life), while the
 * platform still accepts it.
 */
const earlyMs = 5 * 60_000
/** How long we wait after an early renewal that brought the same token. */
const calmMs = 60_000
/**
 * Longer than a fetch with all its tries may take. After a kill the other processes wait no longer
 * than this. Only the database's clock counts, because the clock of a process may be wrong.
 */
const leaseMs = 20_000
/** How long a caller waits for the process that fetches. It covers one lease that nobody ended. */
const longestWaitMs = leaseMs + 5_000
const pollMs = 15
/**
 * Clients can be wrong or hostile. Their reports cost at most thirty calls an hour and process, of
 * the hundred that an app has (WW-90312).
 */
const betweenRenewalsMs = 2 * 60_000

const Row = v.object({
  value: v.nullable(v.string()),
  expires_at: v.nullable(v.date()),
})

interface Known extends PlatformToken {
  renewAt: number
}

/**
 * Keeps tokens in `platform_tokens` and in this process's memory, so that a hit needs no database.
 * The process that fetches holds the row's lease; other callers, here and elsewhere, wait for the
 * row.
 */
export function openTokenStore({
  db,
  clock,
  random,
  metrics,
  vault,
}: TokenStoreOptions): TokenStore {
  const owner = random.token(12)
  const memory = new Map<string, Known>()
  const flights = new Map<string, Promise<PlatformToken>>()
  const renewedAt = new Map<string, number>()
  const calls = metrics.gauge(
    'platform_token_calls_this_hour',
    'Upstream calls for a token in this clock hour, all processes',
    ['key'],
  )

  function now(): number {
    return clock.now().getTime()
  }

  function remember(key: string, value: string, expiresAt: Date, fetchedAt = now()): Known {
    const left = expiresAt.getTime() - fetchedAt
    const known = {
      value,
      expiresAt,
      renewAt: Math.max(
        expiresAt.getTime() - Math.min(earlyMs, left / 10),
        fetchedAt + Math.min(calmMs, left / 2),
      ),
    }
    memory.set(key, known)
    return known
  }

  /** Returns the row's token if it is still valid, with its locked form. */
  async function read(key: string): Promise<(PlatformToken & { locked: string }) | null> {
    const { rows } = await db.$client.query(
      'select value, expires_at from platform_tokens where key = $1',
      [key],
    )
    const parsed = v.safeParse(Row, rows[0])
    if (!parsed.success) return null
    const { value: locked, expires_at: expiresAt } = parsed.output
    if (locked === null || expiresAt === null || expiresAt.getTime() <= now()) return null
    const value = await vault.unlock(locked, tokenPlace(key)).catch(unreadable)
    return value === null ? null : { value, expiresAt, locked }
  }

  async function takeLease(key: string): Promise<boolean> {
    // Nobody takes a lease for longer, so a later end came from a wrong clock and binds nobody.
    const { rowCount } = await db.$client.query(
      `insert into platform_tokens (key, lease_owner, lease_until)
       values ($1, $2, clock_timestamp() + make_interval(secs => $3))
       on conflict (key) do update set lease_owner = $2, lease_until = excluded.lease_until
       where platform_tokens.lease_until is null
         or platform_tokens.lease_until <= clock_timestamp()
         or platform_tokens.lease_until > excluded.lease_until`,
      [key, owner, leaseMs / 1000],
    )
    return rowCount === 1
  }

  async function releaseLease(key: string): Promise<void> {
    await db.$client.query(
      'update platform_tokens set lease_owner = null, lease_until = null where key = $1 and lease_owner = $2',
      [key, owner],
    )
  }

  async function count({ key, mostPerHour }: TokenSource): Promise<void> {
    const { rows } = await db.execute<{ calls: number }>(
      sql`insert into platform_calls (key, hour, calls)
        values (${key}, date_trunc('hour', ${clock.now().toISOString()}::timestamptz), 1)
          on conflict (key, hour) do update set calls = platform_calls.calls + 1 returning calls`,
    )
    const made = rows[0]?.calls ?? 1
    calls.set({ key }, made)
    if (mostPerHour !== undefined && made > mostPerHour) {
      throw new PlatformError('platform_quota', {
        platform: platformOf(key),
        path: key,
        errcode: 45009,
        errmsg: `${made - 1} of ${mostPerHour} calls of this hour are used; not asking, because more would block the app`,
      })
    }
  }

  async function fetchUnderLease(source: TokenSource): Promise<PlatformToken> {
    const { key } = source
    try {
      await count(source)
      const fetchedAt = now()
      const fresh = await source.fetch()
      const expiresAt = new Date(fetchedAt + fresh.seconds * 1000)
      const locked = await vault.lock(fresh.value, tokenPlace(key))
      await db.$client.query(
        `update platform_tokens set value = $2, expires_at = $3,
           lease_owner = null, lease_until = null where key = $1`,
        [key, locked, expiresAt],
      )
      return remember(key, fresh.value, expiresAt, fetchedAt)
    } catch (error) {
      await releaseLease(key)
      throw error
    }
  }

  /** `early`: the known token still works, so nobody waits for the renewal. */
  async function obtain(source: TokenSource, early: Known | undefined): Promise<PlatformToken> {
    const { key } = source
    const begun = performance.now()
    for (;;) {
      const stored = await read(key)
      if (stored && stored.value !== early?.value)
        return remember(key, stored.value, stored.expiresAt)
      if (await takeLease(key)) {
        // The last holder may have finished between our look and the lease.
        const finished = await read(key)
        if (finished && finished.value !== early?.value) {
          await releaseLease(key)
          return remember(key, finished.value, finished.expiresAt)
        }
        return fetchUnderLease(source)
      }
      // Unless the platform has refused it meanwhile. Then it is dropped, and this caller needs the
      // new one.
      if (early && memory.get(key)?.value === early.value) {
        memory.set(key, { ...early, renewAt: now() + calmMs })
        return early
      }
      if (performance.now() - begun > longestWaitMs) throw nobodyGives(key)
      await wait(pollMs)
    }
  }

  function flight(source: TokenSource, early?: Known): Promise<PlatformToken> {
    const running = flights.get(source.key)
    if (running) return running
    const started = obtain(source, early).finally(() => flights.delete(source.key))
    flights.set(source.key, started)
    return started
  }

  return {
    get(source) {
      const known = memory.get(source.key)
      const at = now()
      if (!known || known.expiresAt.getTime() <= at) return flight(source)
      if (known.renewAt <= at) {
        // In the background. After a failure the old token is good for a while, and the next caller
        // tries again.
        memory.set(source.key, {
          ...known,
          renewAt: at + Math.min(calmMs, (known.expiresAt.getTime() - at) / 2),
        })
        flight(source, known).catch(() => undefined)
      }
      return Promise.resolve(known)
    },

    renew(source) {
      const known = memory.get(source.key)
      const at = now()
      if (!known) return flight(source)
      if (at - (renewedAt.get(source.key) ?? -Infinity) < betweenRenewalsMs)
        return Promise.resolve(known)
      renewedAt.set(source.key, at)
      return flight(source, known)
    },

    async drop(key, value) {
      if (memory.get(key)?.value === value) memory.delete(key)
      const stored = await read(key)
      if (stored?.value !== value) return
      // Compares the locked form, so that a newer token stays.
      await db.$client.query(
        'update platform_tokens set value = null, expires_at = null where key = $1 and value = $2',
        [key, stored.locked],
      )
    },
  }
}

function nobodyGives(key: string): PlatformError {
  return new PlatformError('platform_unreachable', {
    platform: platformOf(key),
    path: key,
    errcode: null,
    errmsg: 'another process is fetching the token and does not finish',
  })
}

function platformOf(key: string): 'wecom' | 'wechat' {
  return key.startsWith('wecom/') ? 'wecom' : 'wechat'
}

/** A token that cannot be read is fetched anew, which costs nothing. */
function unreadable(error: unknown): null {
  if (error instanceof SecretsError) return null
  throw error
}
