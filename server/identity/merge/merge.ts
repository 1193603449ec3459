import type { Context } from '../../base/context.ts'
import { transact, type Database, type Transaction } from '../../base/db/database.ts'
import { haveMoments, record } from '../../timeline/index.ts'
import type { EvidenceKind } from '../evidence/store.ts'
import { ask, note, noteOnce, objection } from '../evidence/evidence.ts'
import { noteRegrouping, tellOfPersons } from './regroup.ts'
import { keeps } from './replay.ts'
import { groupsBesideNumbers, tiesOf } from './ties.ts'
import { spreadTrackingOff } from '../tracking.ts'
import {
  identitiesOfPersons,
  identityById,
  insertMerge,
  keptAfterMerge,
  lockPersons,
  moveIdentities,
  relabelIdentities,
  type IdentityRow,
} from '../store.ts'

/**
 * `asked`: the evidence contradicts what is known, so a human decides. `apart`: a human has decided
 * that they are two. In both cases nothing moved.
 */
export type Joining = 'same' | 'joined' | 'asked' | 'apart'

/**
 * Another merge moved an identity between reading and locking. This transaction holds the wrong
 * locks, so a new one looks again.
 */
class Moved extends Error {}

const mostTries = 8

/** Runs a transaction that may lock persons. It runs again when an identity moved meanwhile. */
export async function settling<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact(db, work)
    } catch (error) {
      if (!(error instanceof Moved) || attempt >= mostTries) throw error
    }
  }
}

/**
 * Returns identities and locks their persons. Nobody moves these identities until the transaction
 * ends.
 */
export async function lockWithPersons(
  tx: Transaction,
  identityIds: readonly string[],
): Promise<{ rows: IdentityRow[]; persons: { id: string; createdAt: Date }[] }> {
  const before = await Promise.all(identityIds.map((id) => identityById(tx, id)))
  const locked = await lockPersons(tx, [
    ...new Set(before.flatMap((row) => (row ? [row.personId] : []))),
  ])
  // Read once more: we may have waited for a merge that made one person of two.
  const rows = (await Promise.all(identityIds.map((id) => identityById(tx, id)))).map((row) => {
    if (!row || !locked.some(({ id }) => id === row.personId)) throw new Moved()
    return row
  })
  return { rows, persons: locked.filter(({ id }) => rows.some(({ personId }) => personId === id)) }
}

export function moved(): Error {
  return new Moved()
}

/**
 * Joins the persons of two identities, unless known facts speak against it. A join by hand
 * overrides every fact.
 */
export async function join(
  ctx: Context,
  tx: Transaction,
  between: [string, string],
  by: Exclude<EvidenceKind, 'noted_phone'>,
): Promise<Joining> {
  const { rows, persons } = await lockWithPersons(tx, between)
  const corpId = rows[0]?.corpId ?? ''
  const spoken = { corpId, pair: between, kind: by }
  const [left, right] = persons
  if (!left || !right) {
    if (await noteOnce(ctx, tx, spoken, 'same')) await spreadTrackingOff(tx, between[0])
    return 'same'
  }
  const all = await identitiesOfPersons(tx, [left.id, right.id])
  if (by !== 'by_hand') {
    // What a number alone holds together does not speak against stronger evidence.
    const [one = [], other = []] = await Promise.all(
      rows.map(async (row) => groupsBesideNumbers(await tiesOf(tx, row.personId)).with(row.id)),
    )
    const against = await objection(tx, one, other, by)
    if (against === 'different') {
      await noteOnce(ctx, tx, spoken, 'apart')
      return 'apart'
    }
    if (against) return ask(ctx, tx, { ...spoken, kind: by }, against)
  }

  const isContact = (personId: string) =>
    all.some((row) => row.personId === personId && row.kind === 'external_userid')
  const [kept, merged] = keeps(left, right, isContact) ? [left, right] : [right, left]
  const now = ctx.clock.now()
  const moving = all.filter((row) => row.personId === merged.id)
  const ids = moving.map((row) => row.id)
  await moveIdentities(tx, { ids, to: kept.id, joinedAt: now })
  await relabelIdentities(
    tx,
    moving.filter((row) => row.joinedBy === 'first_seen').map((row) => row.id),
    by,
  )
  const merge = { id: ctx.random.id(), corpId }
  await insertMerge(tx, {
    ...merge,
    keptPersonId: kept.id,
    mergedPersonId: merged.id,
    identityIds: ids,
    evidence: { by, between },
    createdAt: now,
  })
  await note(ctx, tx, spoken, 'joined', { mergeId: merge.id })
  if (by !== 'by_hand') await spreadTrackingOff(tx, between[0])
  await tellOfPersons(tx, [kept.id, merged.id])
  // A contact always keeps its id, so only the identities that move to it become known.
  if (isContact(kept.id) && !isContact(merged.id)) await noteRegrouping(tx, ids)
  const visitor = visitorAmong(moving)
  // The rep is told why the timeline has grown at once. A visitor without a past changes nothing.
  // Two customers whom a member joined are still two for their own followers.
  if (visitor && isContact(kept.id) && !isContact(merged.id) && (await haveMoments(tx, ids))) {
    await record(ctx, tx, {
      ...merge,
      identityId: visitor.id,
      kind: 'contact.joined',
      occurredAt: now,
    })
  }
  return 'joined'
}

/** Returns the visitor whom the moment of a merge names. */
export function visitorAmong<T extends Pick<IdentityRow, 'kind'>>(
  moving: readonly T[],
): T | undefined {
  return moving.find((row) => row.kind === 'openid')
}

/** Follows merges to the person who holds the identities now. */
export async function holderOf(q: Database | Transaction, personId: string): Promise<string> {
  let holder = personId
  for (;;) {
    const next = await keptAfterMerge(q, holder)
    if (next === undefined) return holder
    holder = next
  }
}
