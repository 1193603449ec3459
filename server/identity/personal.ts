import { and, arrayOverlaps, asc, eq, inArray, notExists, or, sql } from 'drizzle-orm'
import type { Context } from '../base/context.ts'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { notify } from '../base/db/listen.ts'
import { identityChannel } from '../timeline/index.ts'
import { holderOf } from './merge/merge.ts'
import { noteRegrouping } from './merge/regroup.ts'
import { ownGroups, ownIdentities, tiesOf } from './merge/ties.ts'
import { takeOut } from './merge/undo.ts'
import { identitiesByIds, identitiesOfPersons, type IdentityRow, lockPersons } from './store.ts'
import {
  identities,
  identityEvidence,
  identityQuestions,
  merges,
  pendingIds,
  persons,
} from './tables.ts'

export interface Named {
  corpId: string
  personId: string
  identityId: string
  /** Whether members joined others with the named identity's own ones. */
  isJoinedByHand: boolean
}

/**
 * Returns whom an operator names: by a person's or an identity's id, or by WeCom's id of a contact,
 * which no two corps share. An old id leads to the person it was merged into.
 */
export async function personNamed(ctx: Context, name: string): Promise<Named | null> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)
  const [one] = await ctx.db
    .select()
    .from(identities)
    .where(
      isId
        ? or(eq(identities.personId, await holderOf(ctx.db, name)), eq(identities.id, name))
        : and(eq(identities.kind, 'external_userid'), eq(identities.value, name)),
    )
    .orderBy(asc(identities.createdAt), asc(identities.id))
    .limit(1)
  if (!one) return null
  const { id: identityId, corpId, personId } = one
  const own = await ownIdentities(ctx.db, identityId)
  const all = await identitiesOfPersons(ctx.db, [personId])
  return { corpId, personId, identityId, isJoinedByHand: own.length < all.length }
}

/** Returns the identities themselves, for the export. */
export function personalIdentities(q: Queryable, ids: readonly string[]): Promise<object[]> {
  return q
    .select()
    .from(identities)
    .where(inArray(identities.id, [...ids]))
}

/** Returns what is stored of how these identities belong together, for the export. */
export async function personalEvidence(q: Queryable, ids: readonly string[]): Promise<object[]> {
  const about = (table: typeof identityEvidence | typeof identityQuestions) =>
    or(inArray(table.oneIdentityId, [...ids]), inArray(table.otherIdentityId, [...ids]))
  const evidence = await q.select().from(identityEvidence).where(about(identityEvidence))
  const questions = await q.select().from(identityQuestions).where(about(identityQuestions))
  const pending = await q
    .select()
    .from(pendingIds)
    .where(inArray(pendingIds.identityId, [...ids]))
  const joins = await q
    .select()
    .from(merges)
    .where(arrayOverlaps(merges.identityIds, [...ids]))
  return [...evidence, ...questions, ...pending, ...joins]
}

/**
 * Deletes everything that is the visitor's own, and everything that joined it. Whom a member joined
 * with it stays, as the person without it. Returns null when the identity is gone. After the commit
 * nobody can report or sign in as one of the deleted: the ingest and `holdIdentity` check that the
 * identity exists. Open timelines hear of it and end.
 */
export async function takeOutOwn(
  ctx: Context,
  tx: Transaction,
  identityId: string,
): Promise<IdentityRow[] | null> {
  const [row] = await tx.select().from(identities).where(eq(identities.id, identityId))
  if (!row) return null
  await lockPersons(tx, [row.personId])
  const ties = await tiesOf(tx, row.personId)
  const own = ownGroups(ties).with(identityId)
  // A merge moved it between the look and the lock. The caller looks again.
  if (own.length === 0) return null
  const ids = own.map(({ id }) => id)
  const byHand = ties.merges.filter(
    ({ evidence: { between } }) => between.filter((id) => ids.includes(id)).length === 1,
  )
  if (byHand.length > 0) await takeOut(ctx, tx, row.personId, byHand, 'undone')
  const parted = new Set(
    [...(await identitiesByIds(tx, ids)).values()].map(({ personId }) => personId),
  )
  for (const personId of parted) await takeOutPerson(tx, personId)
  return [...own]
}

async function takeOutPerson(tx: Transaction, personId: string): Promise<void> {
  await lockPersons(tx, [personId])
  const rows = await identitiesOfPersons(tx, [personId])
  const ids = rows.map(({ id }) => id)
  // First, because it waits for transactions that hold one of them. The following statements see
  // what those wrote.
  await tx.delete(identities).where(eq(identities.personId, personId))
  await forgetTies(tx, ids)
  const former = await forgetMerges(tx, personId, ids)
  await tx.delete(persons).where(eq(persons.id, personId))
  await notify(tx, identityChannel, JSON.stringify({ persons: [personId, ...former] }))
  // The acts of a known contact stood on no other timeline.
  if (!rows.some(({ kind }) => kind === 'external_userid')) await noteRegrouping(tx, ids)
}

/** Deletes evidence, questions and pending ids that name one of these identities. */
export async function forgetTies(tx: Transaction, ids: readonly string[]): Promise<void> {
  for (const table of [identityEvidence, identityQuestions])
    await tx
      .delete(table)
      .where(or(inArray(table.oneIdentityId, [...ids]), inArray(table.otherIdentityId, [...ids])))
  await tx.delete(pendingIds).where(inArray(pendingIds.identityId, [...ids]))
}

/**
 * Deletes the merges that made this person, and the empty persons that they left. Returns the ids
 * of these.
 */
async function forgetMerges(
  tx: Transaction,
  personId: string,
  ids: readonly string[],
): Promise<string[]> {
  const names = sql`${merges.evidence} -> 'between' ?| ${sql.param([...ids])}::text[]`
  const gone = await tx
    .delete(merges)
    .where(
      or(
        eq(merges.keptPersonId, personId),
        eq(merges.mergedPersonId, personId),
        arrayOverlaps(merges.identityIds, [...ids]),
        names,
      ),
    )
    .returning({ kept: merges.keptPersonId, merged: merges.mergedPersonId })
  const candidates = [...new Set(gone.flatMap(({ kept, merged }) => [kept, merged]))].filter(
    (id) => id !== personId,
  )
  if (candidates.length === 0) return []
  // A person who was parted again has identities and stays. A person whose old address leads to
  // another person stays too.
  const left = await tx
    .delete(persons)
    .where(
      and(
        inArray(persons.id, candidates),
        notExists(tx.select().from(identities).where(eq(identities.personId, persons.id))),
        notExists(tx.select().from(merges).where(eq(merges.mergedPersonId, persons.id))),
      ),
    )
    .returning({ id: persons.id })
  return left.map(({ id }) => id)
}
