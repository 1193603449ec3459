import type { Context } from '../../base/context.ts'
import type { Transaction } from '../../base/db/database.ts'
import { type Job, nudgeAtCommit } from '../../base/db/jobs.ts'
import { notify } from '../../base/db/listen.ts'
import { identityChannel, readersUnder, targetsOf } from '../../timeline/index.ts'
import {
  deleteRegrouping,
  insertRegrouping,
  type Regrouping,
  regroupingsAbout,
  touchPersons,
  touchUnlessIn,
} from '../store.ts'

/** Identities of these persons came or went: whoever looks at their timelines looks again. */
export async function tellOfPersons(tx: Transaction, persons: readonly string[]): Promise<void> {
  await touchPersons(tx, persons)
  await notify(tx, identityChannel, JSON.stringify({ persons }))
}

/**
 * These identities become a known contact's in this transaction, or cease to be one's. That changes
 * timelines of people who have no part in it: those to whom the shares were pushed. They are told
 * after the commit: their rows would be locked in no order, and the more of them the longer
 * everybody waits.
 */
export async function noteRegrouping(
  tx: Transaction,
  identityIds: readonly string[],
): Promise<void> {
  if (identityIds.length === 0) return
  await insertRegrouping(tx, identityIds)
  await nudgeAtCommit(tx, regroupings)
}

/**
 * Nudged by each commit that has something to tell; by itself it finds what a killed process left.
 */
export const regroupings: Job = {
  name: 'regroupings',
  everyMs: 10_000,
  async run(ctx) {
    for (const regrouping of await regroupingsAbout(ctx.db, null)) {
      if (ctx.closing.aborted) return
      await tellOthers(ctx, regrouping)
    }
  },
}

/** The same for these identities only and at once, while what they did can still be read. */
export async function tellOthersOf(ctx: Context, identityIds: readonly string[]): Promise<void> {
  for (const regrouping of await regroupingsAbout(ctx.db, identityIds))
    await tellOthers(ctx, regrouping)
}

/**
 * These identities are gone, and with them their names from the lines of those who read what was
 * pushed to them; asked while those lines can still be found.
 */
export async function tellReadersUnder(
  { db }: Context,
  identityIds: readonly string[],
): Promise<void> {
  for (const person of await readersUnder(db, identityIds))
    await db.transaction(async (tx) => tellOfPersons(tx, [person]))
}

/**
 * Has the open timelines of others read anew. Who they are is read after the commit, so that
 * nothing is missed that was shown before it. May be killed anywhere and begun again, also done by
 * two at once: somebody then reads their timeline once more than needed.
 */
async function tellOthers({ db }: Context, { id, identityIds, txid }: Regrouping): Promise<void> {
  // One person in a transaction: whoever holds one lock waits for nobody who waits for it. The
  // regrouping itself has told whom it joined and parted.
  for (const person of await targetsOf(db, identityIds))
    await db.transaction(async (tx) => {
      if (await touchUnlessIn(tx, person, txid))
        await notify(tx, identityChannel, JSON.stringify({ persons: [person] }))
    })
  await deleteRegrouping(db, id)
}
