import { and, eq, inArray, isNotNull } from 'drizzle-orm'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { noteRegrouping, tellOfPersons } from './merge/regroup.ts'
import { ownIdentities } from './merge/ties.ts'
import { identityById, lockPersons } from './store.ts'
import { identities } from './tables.ts'

/**
 * Marks these identities: each has the visitor's choice of its own. Later evidence may part them,
 * and then each still has it. Open timelines are read anew, because the forwards of somebody who
 * does not want to be tracked are not shown.
 */
export async function setTrackingOff(
  tx: Transaction,
  identityIds: readonly string[],
  since: Date | null,
): Promise<void> {
  const changed = await tx
    .update(identities)
    .set({ trackingOffAt: since })
    .where(inArray(identities.id, [...identityIds]))
    .returning({ personId: identities.personId })
  await tellOfPersons(tx, [...new Set(changed.map(({ personId }) => personId))])
  await noteRegrouping(tx, identityIds)
}

/** Whether this identity refused tracking. Whom a member joined with it answers alone. */
export async function isTrackingOff(q: Queryable, identityId: string): Promise<boolean> {
  const row = await identityById(q, identityId)
  return row !== undefined && row.trackingOffAt !== null
}

/**
 * Waits until nobody joins or parts the visitor's person, and keeps others from it until the
 * transaction ends. So no identity becomes the visitor's own between a choice and its record.
 */
export async function holdOwn(tx: Transaction, identityId: string): Promise<void> {
  for (;;) {
    const before = await identityById(tx, identityId)
    if (!before) return
    await lockPersons(tx, [before.personId])
    if ((await identityById(tx, identityId))?.personId === before.personId) return
  }
}

/**
 * Makes the first "no" count for everything that the visitor's own evidence joins, when evidence
 * has just joined something. The caller holds the person's lock.
 */
export async function spreadTrackingOff(tx: Transaction, identityId: string): Promise<void> {
  const row = await identityById(tx, identityId)
  if (!row || !(await hasRefusal(tx, row.personId))) return
  const own = await ownIdentities(tx, identityId)
  const [first] = own
    .flatMap(({ trackingOffAt }) => trackingOffAt ?? [])
    .sort((one, other) => one.getTime() - other.getTime())
  const open = own.filter(({ trackingOffAt }) => trackingOffAt === null)
  if (!first || open.length === 0) return
  await setTrackingOff(
    tx,
    open.map(({ id }) => id),
    first,
  )
}

/** Whether anybody of the person refused. Nearly nobody has, so this is asked first. */
async function hasRefusal(tx: Transaction, personId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: identities.id })
    .from(identities)
    .where(and(eq(identities.personId, personId), isNotNull(identities.trackingOffAt)))
    .limit(1)
  return rows.length > 0
}
