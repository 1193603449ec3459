import { and, arrayOverlaps, eq, inArray, notExists, or, sql } from 'drizzle-orm'
import type { Context } from '../base/context.ts'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { notify } from '../base/db/listen.ts'
import { identityChannel } from '../timeline/index.ts'
import { holderOf } from './merge/merge.ts'
import { noteRegrouping } from './merge/regroup.ts'
import { identitiesOfPersons, type IdentityRow, lockPersons } from './store.ts'
import {
  identities,
  identityEvidence,
  identityQuestions,
  merges,
  pendingIds,
  persons,
} from './tables.ts'

/**
 * Returns the person that an operator names: by its id, or by WeCom's id of a contact, which no two
 * corps share. An old id leads to the person it was merged into.
 */
export async function personNamed(
  ctx: Context,
  name: string,
): Promise<{ corpId: string; personId: string } | null> {
  const named = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)
    ? eq(identities.personId, await holderOf(ctx.db, name))
    : and(eq(identities.kind, 'external_userid'), eq(identities.value, name))
  const [one] = await ctx.db
    .select({ corpId: identities.corpId, personId: identities.personId })
    .from(identities)
    .where(named)
    .limit(1)
  return one ?? null
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
 * Deletes a person with all identities and everything that joined them. Returns null when the
 * person has no identity (any more). After the commit nobody can report or sign in as one of them:
 * the ingest and `holdIdentity` check that the identity exists. Open timelines hear of it and end.
 */
export async function takeOutPerson(
  tx: Transaction,
  personId: string,
): Promise<IdentityRow[] | null> {
  if ((await lockPersons(tx, [personId])).length === 0) return null
  const rows = await identitiesOfPersons(tx, [personId])
  if (rows.length === 0) return null
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
  return rows
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
