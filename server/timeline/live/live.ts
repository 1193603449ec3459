import * as v from 'valibot'
import type { Listener } from '../../base/db/listen.ts'
import { makeTurns } from '../../base/db/turns.ts'
import { kept } from '../../base/kept.ts'
import type { SessionEnds } from '../../base/http/session/ends.ts'
import { Problem } from '../../base/problem.ts'
import { identityChannel, momentsChannel } from './tell.ts'

export interface Watch {
  /** From now on, changes to moments of these identities are news. */
  over(identityIds: readonly string[]): void
  /**
   * Waits for news since the last call, or for half a minute, because a process that ended just
   * after a commit told nobody. Returns false once the signal is aborted.
   */
  next(signal: AbortSignal): Promise<boolean>
  stop(): void
}

/** The live streams of this process. Commits on any process wake them. */
export interface Live {
  /**
   * Starts watching a person; it misses nothing after it resolves. The number of open streams is
   * limited per `member`.
   * @throws Problem `too_many_requests`
   */
  watch(who: { personId: string; member: string }): Promise<Watch>
  /**
   * Runs the reads of streams in turn, a few at a time. Thousands of streams that wake at once then
   * leave connections to requests.
   */
  inTurn<T>(look: () => Promise<T>): Promise<T>
}

/** A rep has one sidebar per chat window. Far more streams than that mean a loop. */
export const mostStreamsOfMember = 12

/** After this time a stream reads without being told. */
export const longestWaitMs = 30_000

/** How many connections of the pool the streams of a process use at once. */
const mostLooks = 4

const MomentsPayload = v.object({ of: v.array(v.string()) })
const IdentityPayload = v.object({ persons: v.array(v.string()) })

export const live = kept<Live>('live timelines')

export function openLive(listener: Listener, ends: Pick<SessionEnds, 'onEnd'>): Live {
  const byIdentity = new Index<Watcher>()
  const byPerson = new Index<Watcher>()
  const byMember = new Index<Watcher>()
  const openOf = new Map<string, number>()
  let subscribed: Promise<unknown> | undefined

  function subscribe(): Promise<unknown> {
    return Promise.all([
      listener.subscribe(momentsChannel, (payload) => {
        const told = readPayload(MomentsPayload, payload)
        if (!told) return lookEverywhere()
        for (const watcher of byIdentity.all(told.of)) watcher.tell()
      }),
      listener.subscribe(identityChannel, (payload) => {
        const told = readPayload(IdentityPayload, payload)
        if (!told) return lookEverywhere()
        for (const watcher of byPerson.all(told.persons)) watcher.tell()
      }),
    ])
  }

  function lookEverywhere(): void {
    for (const watcher of byPerson.every()) watcher.tell()
  }

  listener.onReconnect(lookEverywhere)
  // A stream whose session has ended finds that out when it looks.
  ends.onEnd((holder) => {
    for (const watcher of byMember.all([holder])) watcher.tell()
  })

  return {
    inTurn: makeTurns(mostLooks),
    async watch({ personId, member }) {
      const open = openOf.get(member) ?? 0
      if (open >= mostStreamsOfMember)
        throw new Problem('too_many_requests', 'Too many timelines are open at once')
      openOf.set(member, open + 1)
      const watcher = new Watcher()
      byPerson.add(personId, watcher)
      byMember.add(member, watcher)
      let watched: readonly string[] = []
      let stopped = false

      function stop(): void {
        if (stopped) return
        stopped = true
        byPerson.remove(personId, watcher)
        byMember.remove(member, watcher)
        for (const id of watched) byIdentity.remove(id, watcher)
        const left = (openOf.get(member) ?? 1) - 1
        if (left > 0) openOf.set(member, left)
        else openOf.delete(member)
      }

      try {
        await (subscribed ??= subscribe())
      } catch (error) {
        subscribed = undefined
        stop()
        throw new Problem('unavailable', 'The live timeline cannot reach the database', {
          cause: error,
        })
      }
      return {
        over(identityIds) {
          if (stopped) return
          for (const id of watched) byIdentity.remove(id, watcher)
          watched = [...identityIds]
          for (const id of watched) byIdentity.add(id, watcher)
        },
        next: (signal) => watcher.next(signal),
        stop,
      }
    },
  }
}

/**
 * Returns null for a notice of another form. Another version of the server may send one while
 * servers are replaced one by one.
 */
function readPayload<S extends v.GenericSchema>(
  schema: S,
  payload: string,
): v.InferOutput<S> | null {
  try {
    return v.parse(schema, JSON.parse(payload))
  } catch {
    return null
  }
}

/** Gathers news until the next read, so that a burst of commits needs one read. */
class Watcher {
  #news = false
  #wake: (() => void) | null = null

  tell(): void {
    this.#news = true
    this.#wake?.()
  }

  async next(signal: AbortSignal): Promise<boolean> {
    if (!this.#news && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          this.#wake = null
          resolve()
        }
        const timer = setTimeout(wake, longestWaitMs).unref()
        this.#wake = wake
        signal.addEventListener('abort', wake)
      })
    }
    this.#news = false
    return !signal.aborted
  }
}

/** Many values under many keys; each value is returned once. */
class Index<T> {
  readonly #sets = new Map<string, Set<T>>()

  add(key: string, value: T): void {
    const set = this.#sets.get(key) ?? new Set()
    set.add(value)
    this.#sets.set(key, set)
  }

  remove(key: string, value: T): void {
    const set = this.#sets.get(key)
    set?.delete(value)
    if (set?.size === 0) this.#sets.delete(key)
  }

  all(keys: readonly string[]): Set<T> {
    return new Set(keys.flatMap((key) => [...(this.#sets.get(key) ?? [])]))
  }

  every(): Set<T> {
    return new Set([...this.#sets.values()].flatMap((set) => [...set]))
  }
}
