import { setTimeout as wait } from 'node:timers/promises'
import type { Context } from '../base/context.ts'
import { transact, type Transaction } from '../base/db/database.ts'
import type { Job } from '../base/db/jobs.ts'
import { type Counts, domains, type Personal, type Who } from '../domain.ts'
import { takeOutOwn, tellOthersOf, tellReadersUnder } from '../identity/index.ts'
import { shortestValue } from './export.ts'
import {
  haveAllEndedSince,
  insertErasure,
  isErased,
  lockErasure,
  markErased,
  pendingErasure,
  pendingErasures,
  setCounts,
} from './store.ts'

/**
 * The first step of an erasure. One transaction deletes the person and all small tables' rows, and
 * no new rows can follow. The reports of the person's devices are too many for it. The second step
 * finds them by the identity ids that are noted here. Returns null when there is no such person
 * (any more).
 */
export async function closeDoor(
  ctx: Context,
  {
    corpId,
    personId,
    identityId,
    requestedBy,
  }: {
    corpId: string
    /** The present person, for the record. */
    personId: string
    /** Everything that is its own, by the customer's own evidence, goes. */
    identityId: string
    requestedBy: 'visitor' | 'operator'
  },
): Promise<string | null> {
  return transact(ctx.adHoc, async (tx) => {
    const identities = await takeOutOwn(ctx, tx, identityId)
    if (!identities) return null
    const identityIds = identities.map(({ id }) => id)
    const values = identities
      .map(({ value }) => value)
      .filter((value) => value.length >= shortestValue)
    const who: Who = {
      corpId,
      identityIds,
      externalUserIds: identities.flatMap(({ kind, value }) =>
        kind === 'external_userid' ? value : [],
      ),
      words: [...identityIds, ...values],
    }
    const counts = sum({ identities: identities.length }, await forgetSmall(ctx, tx, who))
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

function personalOf(ctx: Context): Personal[] {
  return ctx.memory.get(domains).flatMap(({ personal }) => personal ?? [])
}

/** Deletes the rows of small tables that name the person. */
async function forgetSmall(ctx: Context, tx: Transaction, who: Who): Promise<Counts> {
  let counts: Counts = {}
  for (const { forget } of personalOf(ctx)) if (forget) counts = sum(counts, await forget(tx, who))
  return counts
}

/**
 * The second step: deletes the history, lot by lot, once no transaction can add to it. Returns
 * false while an older transaction is still under way, or another process is doing it. It may be
 * killed anywhere and begun again.
 */
export async function finish(
  ctx: Context,
  id: string,
  onProgress: (counts: Counts) => void = () => undefined,
): Promise<boolean> {
  const erasure = await pendingErasure(ctx.db, id)
  if (!erasure) return isErased(ctx.db, id)
  const { corpId, identityIds } = erasure
  if (!(await haveAllEndedSince(ctx.db, erasure.closedBy))) return false
  // While the history exists, because it tells which open timelines showed it.
  await tellOthersOf(ctx, identityIds)
  await tellReadersUnder(ctx, identityIds)
  const who: Who = { corpId, identityIds, externalUserIds: [], words: identityIds }
  let outside: Counts = {}
  for (const { forgetOutside } of personalOf(ctx))
    if (forgetOutside) outside = sum(outside, await forgetOutside(ctx, who))
  for (let lot = await nextLot(outside); ; lot = await nextLot({})) {
    if (lot === 'busy') return isErased(ctx.db, id)
    if (lot === 'last') return true
    onProgress(lot)
  }

  function nextLot(gone: Counts): Promise<Counts | 'last' | 'busy'> {
    return transact(ctx.adHoc, async (tx) => {
      const before = await lockErasure(tx, id)
      if (!before) return 'busy'
      const history = await forgetLots(ctx, tx, who)
      const isLast = Object.values(history).every((rows) => rows === 0)
      // Few such rows can have come since the first step, from transactions that began before it.
      const late = isLast ? await forgetSmall(ctx, tx, who) : {}
      const counts = sum(before, sum(sum(history, gone), late))
      if (isLast) await markErased(tx, id, { counts, at: ctx.clock.now() })
      else await setCounts(tx, id, counts)
      return isLast ? 'last' : counts
    })
  }
}

async function forgetLots(ctx: Context, tx: Transaction, who: Who): Promise<Counts> {
  let counts: Counts = {}
  for (const { forgetLot } of personalOf(ctx))
    if (forgetLot) counts = sum(counts, await forgetLot(tx, who))
  return counts
}

function sum(one: Counts, other: Counts): Counts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]))
}

const pauseMs = 50

/** Tries to finish for this long. Returns false when the job must do it. */
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

/** Finishes erasures that a killed process left, or that waited for an old transaction. */
export const erasures: Job = {
  name: 'erasures',
  everyMs: 15_000,
  async run(ctx) {
    for (const { id } of await pendingErasures(ctx.db)) {
      try {
        if (await finish(ctx, id)) ctx.log.info({ erasure: id }, 'a person was erased')
      } catch (error) {
        // The others do not wait for it; the next turn tries it again.
        ctx.log.error({ err: error, erasure: id }, 'an erasure could not be finished')
      }
    }
  },
}
