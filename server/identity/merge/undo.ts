import type { Context } from '../../base/context.ts'
import type { Transaction } from '../../base/db/database.ts'
import { record, withdraw } from '../../timeline/index.ts'
import { tiesAmong } from '../evidence/store.ts'
import { note } from '../evidence/evidence.ts'
import { holderOf, moved, settling, visitorAmong } from './merge.ts'
import { noteRegrouping, tellOfPersons } from './regroup.ts'
import { replay, type Replay } from './replay.ts'
import { homeOf } from './ties.ts'
import {
  identitiesOfPersons,
  lockPersons,
  markUndone,
  mergeById,
  mergesBelow,
  personsByIds,
  placeIdentity,
  rewriteMerge,
  type IdentityRow,
  type MergeRow,
} from '../store.ts'

/**
 * Undoes a merge: every identity goes where the other merges alone would have put it, with its
 * labels and times. Evidence will not join the two again by itself.
 */
export async function undoMerge(
  ctx: Context,
  { corpId, mergeId }: { corpId: string; mergeId: string },
): Promise<void> {
  await settling(ctx.db, async (tx) => {
    const merge = await mergeById(tx, corpId, mergeId)
    if (!merge || merge.undoneAt) return
    // The kept person may have been merged again since. Every change of merges among these people
    // takes this lock.
    const holder = await holderOf(tx, merge.keptPersonId)
    await lockPersons(tx, [holder])
    const locked = await mergeById(tx, corpId, mergeId)
    if (!locked || locked.undoneAt) return
    if ((await holderOf(tx, locked.keptPersonId)) !== holder) throw moved()
    await takeOut(ctx, tx, holder, [locked], 'undone')
  })
}

/**
 * Takes valid merges out of the history of one person. The caller holds the person's lock. Evidence
 * of a `withdrawn` merge may join the two again by itself.
 */
export async function takeOut(
  ctx: Context,
  tx: Transaction,
  holder: string,
  undone: readonly MergeRow[],
  outcome: 'undone' | 'withdrawn',
): Promise<void> {
  const identities = await identitiesOfPersons(tx, [holder])
  const active = await mergesBelow(tx, holder)
  const gone = new Set(undone.map(({ id }) => id))
  const others = active.filter(({ id }) => !gone.has(id))
  const persons = await personsByIds(tx, [
    ...new Set([holder, ...active.map(({ mergedPersonId }) => mergedPersonId)]),
  ])
  const { attachments } = await tiesAmong(
    tx,
    identities.map(({ id }) => id),
  )
  const restored = replay({
    persons,
    identities: identities.map((row) => ({ ...row, home: homeOf(row, active) })),
    attachments,
    merges: others.map(({ id, evidence, createdAt }) => ({ id, createdAt, ...evidence })),
  })
  const changed = new Set<string>()
  for (const row of identities) {
    const held = restored.identities.get(row.id)
    if (!held || isSame(row, held)) continue
    await placeIdentity(tx, row.id, held)
    changed.add(row.personId).add(held.personId)
  }
  for (const { id, corpId, evidence } of undone) {
    await markUndone(tx, id, ctx.clock.now())
    await withdraw(tx, id)
    const spoken = { corpId, pair: evidence.between, kind: evidence.by }
    await note(ctx, tx, spoken, outcome, { mergeId: id })
  }
  for (const merge of others) await rewrite(ctx, tx, merge, restored, identities)
  await tellOfPersons(tx, [...changed])
  if (identities.some(({ kind }) => kind === 'external_userid'))
    await noteRegrouping(tx, identitiesWithoutContact(identities, restored))
}

/** Returns the identities whose person is no contact. */
function identitiesWithoutContact(identities: readonly IdentityRow[], restored: Replay): string[] {
  const holderOfOne = (id: string) => restored.identities.get(id)?.personId
  const contacts = new Set(
    identities.flatMap(({ id, kind }) => (kind === 'external_userid' ? holderOfOne(id) : [])),
  )
  return identities.flatMap(({ id }) => (contacts.has(holderOfOne(id)) ? [] : id))
}

function isSame(
  row: IdentityRow,
  held: { personId: string; joinedBy: string; joinedAt: Date },
): boolean {
  return (
    row.personId === held.personId &&
    row.joinedBy === held.joinedBy &&
    row.joinedAt.getTime() === held.joinedAt.getTime()
  )
}

/**
 * Rewrites a later merge that still holds, when it leads elsewhere without the undone one. Its
 * moment may then name another visitor.
 */
async function rewrite(
  ctx: Context,
  tx: Transaction,
  merge: MergeRow,
  restored: Replay,
  identities: readonly IdentityRow[],
): Promise<void> {
  const now = restored.merges.get(merge.id)
  if (!now) return
  const isUnchanged =
    now.keptPersonId === merge.keptPersonId &&
    now.mergedPersonId === merge.mergedPersonId &&
    now.identityIds.length === merge.identityIds.length &&
    now.identityIds.every((id) => merge.identityIds.includes(id))
  if (isUnchanged) return
  await rewriteMerge(tx, merge.id, now)
  if (!(await withdraw(tx, merge.id))) return
  const visitor = visitorAmong(identities.filter(({ id }) => now.identityIds.includes(id)))
  const isContact = identities.some(
    ({ id, kind }) =>
      kind === 'external_userid' &&
      restored.identities.get(id)?.personId ===
        restored.identities.get(visitor?.id ?? '')?.personId,
  )
  if (!visitor || !isContact) return
  const { id, corpId, createdAt } = merge
  await record(ctx, tx, {
    id,
    corpId,
    identityId: visitor.id,
    kind: 'contact.joined',
    occurredAt: createdAt,
  })
}
