import { sql } from 'drizzle-orm'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Queryable } from './database.ts'

/**
 * One LISTEN connection per process. All code that wants to hear of commits elsewhere shares it.
 */
export interface Listener {
  /**
   * Resolves once the channel is open; every later commit is heard. Returns a function that ends
   * the subscription.
   */
  subscribe(channel: string, hear: (payload: string) => void): Promise<() => void>
  /**
   * Calls `look` after a broken connection is back. Notifications in between are lost, so the
   * caller must read the tables itself. Returns a function that ends the subscription.
   */
  onReconnect(look: () => void): () => void
  close(): Promise<void>
}

/** Tells every process, once the transaction commits. A payload has at most 7999 bytes. */
export async function notify(tx: Queryable, channel: string, payload: string): Promise<void> {
  await tx.execute(sql`select pg_notify(${channel}, ${payload})`)
}

const firstDelay = 100
const longestDelay = 5_000

export function openListener(url: string, log: Logger): Listener {
  const hearers = new Map<string, Set<(payload: string) => void>>()
  const lookers = new Set<() => void>()
  const closing = new AbortController()
  let connection: Promise<pg.Client> | undefined

  function connected(): Promise<pg.Client> {
    connection ??= connect()
    return connection
  }

  /**
   * Tries until it succeeds or the listener is closed. It resolves when every known channel is
   * open.
   */
  async function connect(): Promise<pg.Client> {
    for (let delay = firstDelay; ; delay = Math.min(delay * 2, longestDelay)) {
      const client = new pg.Client({
        connectionString: url,
        application_name: 'chatside listener',
        keepAlive: true,
        connectionTimeoutMillis: 5_000,
      })
      client.on('error', (error) => log.warn({ err: error }, 'the LISTEN connection broke'))
      client.on('notification', ({ channel, payload = '' }) => {
        for (const hear of hearers.get(channel) ?? []) hear(payload)
      })
      try {
        await client.connect()
        for (const channel of hearers.keys())
          await client.query(`listen ${pg.escapeIdentifier(channel)}`)
        client.once('end', onEnd)
        return client
      } catch (error) {
        await client.end().catch(() => undefined)
        if (closing.signal.aborted) throw error
        log.warn({ err: error }, 'cannot connect for LISTEN; trying again')
        await wait(delay, undefined, { signal: closing.signal })
      }
    }
  }

  function onEnd(): void {
    if (closing.signal.aborted) return
    connection = undefined
    connected().then(
      () => lookers.forEach((look) => look()),
      () => undefined,
    )
  }

  return {
    async subscribe(channel, hear) {
      const others = hearers.get(channel)
      hearers.set(channel, (others ?? new Set()).add(hear))
      await (await connected()).query(`listen ${pg.escapeIdentifier(channel)}`)
      return () => {
        hearers.get(channel)?.delete(hear)
      }
    },
    onReconnect(look) {
      lookers.add(look)
      return () => {
        lookers.delete(look)
      }
    },
    async close() {
      closing.abort()
      await connection?.then(
        (client) => client.end(),
        () => undefined,
      )
    },
  }
}
