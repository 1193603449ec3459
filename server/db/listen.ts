import { sql } from 'drizzle-orm'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Queryable } from './database.ts'

/** One LISTEN connection per process, shared by everything that wants to hear of commits elsewhere. */
export interface Listener {
  /** Resolves once the channel is listened to: what is committed afterwards is heard. Returns the way to stop. */
  subscribe(channel: string, hear: (payload: string) => void): Promise<() => void>
  /** Called after a broken connection is back: notifications in between are lost, so look for yourself. */
  onReconnect(look: () => void): () => void
  close(): Promise<void>
}

/** Reaches every process once the transaction commits, and nobody if it does not. The payload has at most 7999 bytes. */
export async function notify(tx: Queryable, channel: string, payload: string): Promise<void> {
  await tx.execute(sql`select pg_notify(${channel}, ${payload})`)
}

const firstDelay = 100
const longestDelay = 5_000

export function openListener(url: string, log: Logger): Listener {
  const heard = new Map<string, Set<(payload: string) => void>>()
  const onReturn = new Set<() => void>()
  let client: Promise<pg.Client> | undefined
  let delay = firstDelay
  let retry: NodeJS.Timeout | undefined
  let closed = false

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ connectionString: url, application_name: 'chatside listener', keepAlive: true })
    let lost = false
    function onLost(error?: Error) {
      if (lost || closed) return
      lost = true
      log.warn({ err: error }, 'lost the LISTEN connection; connecting again')
      client = undefined
      retry = setTimeout(reconnect, delay)
      delay = Math.min(delay * 2, longestDelay)
    }
    fresh.on('error', onLost)
    fresh.on('end', () => onLost())
    fresh.on('notification', ({ channel, payload = '' }) => {
      for (const hear of heard.get(channel) ?? []) hear(payload)
    })
    await fresh.connect()
    for (const channel of heard.keys()) await fresh.query(`listen ${pg.escapeIdentifier(channel)}`)
    return fresh
  }

  function reconnect() {
    client ??= connect()
    client.then(
      () => {
        delay = firstDelay
        for (const look of onReturn) look()
      },
      (error: unknown) => {
        client = undefined
        if (closed) return
        log.warn({ err: error }, 'cannot connect for LISTEN; trying again')
        clearTimeout(retry)
        retry = setTimeout(reconnect, delay)
        delay = Math.min(delay * 2, longestDelay)
      },
    )
  }

  return {
    async subscribe(channel, hear) {
      const known = heard.get(channel)
      const hearers = known ?? new Set()
      hearers.add(hear)
      heard.set(channel, hearers)
      const current = (client ??= connect())
      try {
        await (await current).query(`listen ${pg.escapeIdentifier(channel)}`)
      } catch (error) {
        if (client === current) reconnectAfterFailure()
        hearers.delete(hear)
        throw error
      }
      return () => {
        hearers.delete(hear)
      }
      function reconnectAfterFailure() {
        client = undefined
      }
    },
    onReconnect(look) {
      onReturn.add(look)
      return () => {
        onReturn.delete(look)
      }
    },
    async close() {
      closed = true
      clearTimeout(retry)
      await client?.then(
        (open) => open.end(),
        () => undefined,
      )
    },
  }
}
