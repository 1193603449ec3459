import { setTimeout as sleep } from 'node:timers/promises'
import type { Moment } from '../../../shared/contract/timeline.ts'
import type { Context } from '../../base/context.ts'
import { live, type Watch } from './live.ts'
import { type Position, positionAt } from './position.ts'
import { momentChanges, mostChanges } from '../page/read.ts'

/** One look per burst. */
const pauseMs = 40

/**
 * What a client is told: a moment, or (null) that identities came or went and the timeline is to be
 * read anew. `position`: where to resume once it has arrived.
 */
export interface Step {
  moment: Moment | null
  position: Position
}

/**
 * What changes on a person's timeline, until the signal is aborted or the person is no more. The
 * watch is stopped by the caller.
 */
export async function* follow(
  ctx: Context,
  { personId, watch, from }: { personId: string; watch: Watch; from: Position },
  signal: AbortSignal,
): AsyncGenerator<Step[]> {
  let position = from
  let watched = ''
  while (!signal.aborted) {
    const changes = await ctx.memory
      .get(live)
      .inTurn(() => momentChanges(ctx, { personId, ...position }))
    if (changes.regrouped === null || changes.identityIds.length === 0) return
    const { snapshot, moments, identityIds, regrouped } = changes
    const last = moments.at(-1)
    const until = position.until ?? snapshot
    const complete = last === undefined || moments.length < mostChanges
    const next = complete
      ? positionAt(until)
      : { since: position.since, until, after: last.revision }
    // The position between two moments of one step, so that who is cut off there is told only the
    // rest.
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
      // What these identities did between the look and now told nobody: look again at once.
      watch.over(identityIds)
      watched = ids
    } else if (complete && until === snapshot) {
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
      if (!(await watch.next(signal))) return
    }
  }
}
