import { setTimeout as wait } from 'node:timers/promises'
import type { Context } from '../base/context.ts'
import { forgetContacts } from '../contacts/index.ts'
import { forgetMentions } from '../connections/index.ts'
import { transact, type Transaction } from '../base/db/database.ts'
import { forgetKeysOf } from '../base/db/idempotency.ts'
import type { Job } from '../base/db/jobs.ts'
import { forgetPhotos } from '../files/index.ts'
import { forgetTies, takeOutPerson, tellOthersOf, tellReadersUnder } from '../identity/index.ts'
import { forgetShares } from '../materials/index.ts'
import { forgetHistory } from '../timeline/index.ts'
import { forgetWorkorders } from '../workorders/index.ts'
import {
  type Counts,
  forgetConsents,
  haveAllEndedSince,
  insertErasure,
  isErased,
  lockErasure,
  markErased,
  pendingErasure,
  pendingErasures,
  setCounts,
} from './store.ts'

/** Shorter values are no names of anybody; looked for in texts they would be found everywhere. */
const shortestValue = 6

/**
 * The first step: takes the person out and all that is little, and closes the door behind, in one
 * transaction. What the person's devices reported is too much for that; the second step finds it by
 * the identity ids that are noted here. Null when there is no such person (any more).
 */
export async function closeDoor(
  ctx: Context,
  {
    corpId,
    personId,
    requestedBy,
  }: { corpId: string; personId: string; requestedBy: 'visitor' | 'operator' },
): Promise<string | null> {
  return transact(ctx.db, async (tx) => {
    const identities = await takeOutPerson(tx, personId)
    if (!identities) return null
    const identityIds = identities.map(({ id }) => id)
    const externalUserIds = identities.flatMap(({ kind, value }) =>
      kind === 'external_userid' ? value : [],
    )
    const values = identities
      .map(({ value }) => value)
      .filter((value) => value.length >= shortestValue)
    const counts: Counts = {
      identities: identities.length,
      contacts: await forgetContacts(tx, corpId, externalUserIds),
      callbacks: await forgetMentions(tx, [...identityIds, ...values]),
      ...(await forgetSmall(tx, identityIds)),
    }
    const id = ctx.random.id()
    await insertErasure(tx, {
      id,
      corpId,
      personId,
      identityIds,
      requestedBy,
      requestedAt: ctx.clock.now(),
      counts,
    })
    return id
  })
}

/** What names the identities in rows that are few. */
async function forgetSmall(tx: Transaction, identityIds: readonly string[]): Promise<Counts> {
  await forgetKeysOf(tx, identityIds)
  return {
    consents: await forgetConsents(tx, identityIds),
    shares: await forgetShares(tx, identityIds),
    workorders: await forgetWorkorders(tx, identityIds),
  }
}

/**
 * The second step: deletes the history, lot by lot, once nobody can add to it. False while
 * something that began before the door was closed is still under way, or another process is at it.
 * May be killed anywhere and begun again.
 */
export async function finish(
  ctx: Context,
  id: string,
  onProgress: (counts: Counts) => void = () => undefined,
): Promise<boolean> {
  const erasure = await pendingErasure(ctx.db, id)
  if (!erasure) return isErased(ctx.db, id)
  const { identityIds } = erasure
  if (!(await haveAllEndedSince(ctx.db, erasure.closedBy))) return false
  // As long as the history is there: it says on whose open timelines it stood.
  await tellOthersOf(ctx, identityIds)
  await tellReadersUnder(ctx, identityIds)
  const photos = await forgetPhotos(ctx, identityIds)
  for (let lot = await nextLot(photos); ; lot = await nextLot(0)) {
    if (lot === 'busy') return isErased(ctx.db, id)
    if (lot === 'last') return true
    onProgress(lot)
  }

  function nextLot(photosGone: number): Promise<Counts | 'last' | 'busy'> {
    return transact(ctx.db, async (tx) => {
      const before = await lockErasure(tx, id)
      if (!before) return 'busy'
      const gone = { ...(await forgetHistory(tx, identityIds)) }
      const isLast = Object.values(gone).every((rows) => rows === 0)
      // Little of this can have come since the first step; what did had begun before it.
      const late = isLast ? await sweep(tx, identityIds) : {}
      const counts = sum(before, sum({ ...gone, photos: photosGone }, late))
      if (isLast) await markErased(tx, id, { counts, at: ctx.clock.now() })
      else await setCounts(tx, id, counts)
      return isLast ? 'last' : counts
    })
  }
}

async function sweep(tx: Transaction, identityIds: readonly string[]): Promise<Counts> {
  await forgetTies(tx, identityIds)
  return {
    callbacks: await forgetMentions(tx, identityIds),
    ...(await forgetSmall(tx, identityIds)),
  }
}

function sum(one: Counts, other: Counts): Counts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]))
}

const pauseMs = 50

/** Tries to finish for so long; false when it is left to the job. */
export async function finishWithin(
  ctx: Context,
  id: string,
  patienceMs: number,
  onProgress?: (counts: Counts) => void,
): Promise<boolean> {
  for (let tries = Math.ceil(patienceMs / pauseMs); ; tries -= 1) {
    if (await finish(ctx, id, onProgress)) return true
    if (tries <= 0 || ctx.closing.aborted) return false
    await wait(pauseMs)
  }
}

/** Finishes what a killed process left behind, and what had to wait for an old transaction. */
export const erasures: Job = {
  name: 'erasures',
  everyMs: 15_000,
  async run(ctx) {
    for (const { id } of await pendingErasures(ctx.db))
      if (await finish(ctx, id)) ctx.log.info({ erasure: id }, 'a person was erased')
  },
}
