import type { Database } from '../../base/db/database.ts'

/** The channel that tells every process whose moments changed: `{of: [identity id, …]}`. */
export const momentsChannel = 'moments'

/** The channel that tells every process whose identities changed hands: `{persons: [id, …]}`. */
export const identityChannel = 'identity'

/** `pg_notify` takes 7999 bytes; an id in JSON has 39. */
export const mostIdsInNotice = 190
/** The pause between two notices under load. News in between travels in one notice. */
const pauseMs = 10

export interface Teller {
  /**
   * Tells every process soon that moments of these identities changed. A process may end before it
   * tells, so listeners must also look for themselves now and then.
   */
  tell(identityIds: readonly string[]): void
}

/**
 * Opens the teller of this process. It tells of events after their commit and not within it:
 * PostgreSQL commits transactions with a notice one at a time, and each would wait for the disk
 * alone.
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
 * Sends the first notice at once. Notices that come while one is under way, and shortly afterwards,
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
    // The database is away. The streams look for themselves when it is back.
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
