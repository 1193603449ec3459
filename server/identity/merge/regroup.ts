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

/**
 * Tells open timelines that identities of these persons came or went, so that they are read anew.
 */
export async function tellOfPersons(tx: Transaction, persons: readonly string[]): Promise<void> {
  await touchPersons(tx, persons)
  await notify(tx, identityChannel, JSON.stringify({ persons }))
}

/**
 * Notes that these identities join a known contact, or leave one, in this transaction. This also
 * changes timelines of people to whom shares were pushed. They are told after the commit. Locking
 * all of their rows now, in no order, would make everybody wait.
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
 * Tells the others. Each commit with news nudges it; at its regular times it finds what a killed
 * process left.
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

/** Does the same at once, for these identities only, while their acts can still be read. */
export async function tellOthersOf(ctx: Context, identityIds: readonly string[]): Promise<void> {
  for (const regrouping of await regroupingsAbout(ctx.db, identityIds))
    await tellOthers(ctx, regrouping)
}

/**
 * Tells the readers of shares that were pushed to these identities, because their timelines name
 * the identities. It runs before an erasure deletes these lines.
 */
export async function tellReadersUnder(
  { db }: Context,
  identityIds: readonly string[],
): Promise<void> {
  for (const person of await readersUnder(db, identityIds))
    await db.transaction(async (tx) => tellOfPersons(tx, [person]))
}

/**
 * Makes the open timelines of others read anew. It finds these people after the commit, so that it
 * misses nothing that was shown before. It may be killed and begun again, and two processes may do
 * it at once. A person then reads the timeline once more than needed.
 */
async function tellOthers({ db }: Context, { id, identityIds, txid }: Regrouping): Promise<void> {
  // One person per transaction, so that no transaction holds one lock while it waits for another.
  // The regrouping itself has told the people whom it joined or parted.
  for (const person of await targetsOf(db, identityIds))
    await db.transaction(async (tx) => {
      if (await touchUnlessIn(tx, person, txid))
        await notify(tx, identityChannel, JSON.stringify({ persons: [person] }))
    })
  await deleteRegrouping(db, id)
}
