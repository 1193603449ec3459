import { setTimeout as sleep } from 'node:timers/promises'
import type { Moment } from '../../../shared/contract/timeline.ts'
import type { Context } from '../../base/context.ts'
import { live, type Watch } from './live.ts'
import { type Position, positionAt } from './position.ts'
import type { Reader } from '../page/queries.ts'
import { type Changes, momentChanges, mostChanges } from '../page/read.ts'

/** The pause before a read, so that a burst needs only one. */
const pauseMs = 40

/**
 * What a client is told: a moment, or null when identities came or went and the client must read
 * the timeline anew. `position`: where the client resumes once this has arrived.
 */
export interface Step {
  moment: Moment | null
  position: Position
}

export interface Followed {
  personId: string
  reader: Pick<Reader, 'knowsContact'> & {
    /** Returns the readable identities. It is asked when the person has two contacts. */
    readable(): Promise<readonly string[]>
  }
  watch: Watch
  from: Position
  /** Called after each look, before anything is told. It throws when the reader may not go on. */
  check: () => Promise<void>
}

/**
 * Yields the changes of a person's timeline, until the signal is aborted or the person is gone. The
 * caller stops the watch.
 * @throws what `check` throws
 */
export async function* follow(
  ctx: Context,
  { personId, reader, watch, from, check }: Followed,
  signal: AbortSignal,
): AsyncGenerator<Step[]> {
  let position = from
  let watched = ''
  while (!signal.aborted) {
    const changes = await look(position)
    if (changes.regrouped === null || changes.identityIds.length === 0) return
    await check()
    const { snapshot, moments, identityIds, regrouped } = changes
    const last = moments.at(-1)
    const until = position.until ?? snapshot
    const complete = last === undefined || moments.length < mostChanges
    const next = complete
      ? positionAt(until)
      : { since: position.since, until, after: last.revision }
    // The position lies between two moments of one step. A client that is cut off there is told
    // only the rest.
    const steps: Step[] = moments.map((moment) =>
      moment === last
        ? { moment, position: next }
        : { moment, position: { since: position.since, until, after: moment.revision } },
    )
    if (regrouped && complete) steps.push({ moment: null, position: next })
    if (steps.length > 0) yield steps
    position = next
    const ids = identityIds.join()
    if (ids !== watched) {
      // News of these identities between the read and now woke nobody, so read again at once.
      watch.over(identityIds)
      watched = ids
    } else if (complete && until === snapshot) {
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
      if (!(await watch.next(signal))) return
    }
  }

  /** Members may join two contacts at any time, so the reader's part is asked for each time. */
  async function look(at: Position): Promise<Changes> {
    const read = (identityIds: readonly string[] | null) =>
      ctx.memory
        .get(live)
        .inTurn(() => momentChanges(ctx, { personId, reader: { ...reader, identityIds }, ...at }))
    const changes = await read(null)
    return changes.contacts > 1 ? read(await reader.readable()) : changes
  }
}
