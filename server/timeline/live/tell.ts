import type { Database } from '../../base/db/database.ts'

/** The channel on which every process hears whose moments changed: `{of: [identity id, …]}`. */
export const momentsChannel = 'moments'

/** The channel on which every process hears that identities changed hands: `{persons: [id, …]}`. */
export const identityChannel = 'identity'

/** `pg_notify` takes 7999 bytes; an id in JSON has 39. */
export const mostIdsInNotice = 190
/** Between two notices under load: what happens meanwhile travels together. */
const pauseMs = 10

export interface Teller {
  /**
   * Every process hears soon that moments of these identities changed. Whoever depends on it looks
   * for themselves now and then: a process may end before it tells.
   */
  tell(identityIds: readonly string[]): void
}

/**
 * One per process. Events are told of after their commit, not by it: PostgreSQL lets one committing
 * transaction with a notice pass at a time, and each would wait for the disk alone.
 */
export function openTeller(db: Database): Teller {
  return makeTeller((payloads) => send(db, payloads))
}

/** Nothing is written, so this waits for no disk. */
async function send({ $client }: Database, payloads: readonly string[]): Promise<void> {
  await $client.query({
    name: 'tell',
    text: 'select pg_notify($1, payload) from unnest($2::text[]) as payload',
    values: [momentsChannel, payloads],
  })
}

/**
 * The first notice goes at once; while one is under way, and for a moment afterwards, the others
 * are gathered.
 */
export function makeTeller(
  deliver: (payloads: readonly string[]) => Promise<void>,
  pause = pauseMs,
): Teller {
  let waiting = new Set<string>()
  let busy = false

  function next(): void {
    busy = waiting.size > 0
    if (!busy) return
    const ids = [...waiting]
    waiting = new Set()
    const payloads = []
    for (let start = 0; start < ids.length; start += mostIdsInNotice) {
      payloads.push(JSON.stringify({ of: ids.slice(start, start + mostIdsInNotice) }))
    }
    // The database is away: the streams look for themselves when it is back.
    void deliver(payloads)
      .catch(() => undefined)
      .finally(() => setTimeout(next, pause))
  }

  return {
    tell(identityIds) {
      for (const id of identityIds) waiting.add(id)
      if (!busy) next()
    },
  }
}
