import type { Evidence } from '../../shared/contract/contacts.ts'
import type { Context } from '../context.ts'
import { transact, type Database, type Transaction } from '../db/database.ts'
import { notify } from '../db/listen.ts'
import { haveMoments, record, withdraw } from '../timeline/index.ts'
import {
  identitiesOfPersons,
  identityById,
  insertMerge,
  keptAfterMerge,
  lockMerge,
  lockPersons,
  markUndone,
  moveIdentities,
  relabelIdentities,
  wereParted,
  type IdentityRow,
  type MergeEvidence,
} from './store.ts'

/** `apart`: the evidence contradicts what is known, or a human has parted the two; nothing changed. */
export type Joining = 'same' | 'joined' | 'apart'

/** The channel on which every process hears that identities changed hands: `{persons: [id, …]}`. */
export const identityChannel = 'identity'

/** Another merge moved an identity between reading and locking: look again in a new transaction, because this one holds the wrong locks. */
class Moved extends Error {}

const mostTries = 8

/** A transaction that may lock persons. It runs again when an identity moved meanwhile. */
export async function settling<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact(db, work)
    } catch (error) {
      if (!(error instanceof Moved) || attempt >= mostTries) throw error
    }
  }
}

/** Identities with their persons locked: until the transaction ends nobody moves them. */
export async function lockWithPersons(
  tx: Transaction,
  identityIds: readonly string[],
): Promise<{ rows: IdentityRow[]; persons: { id: string; createdAt: Date }[] }> {
  const before = await Promise.all(identityIds.map((id) => identityById(tx, id)))
  const persons = await lockPersons(tx, [...new Set(before.flatMap((row) => (row ? [row.personId] : [])))])
  const locked = new Set(persons.map(({ id }) => id))
  const rows = await Promise.all(identityIds.map((id) => identityById(tx, id)))
  return {
    rows: rows.map((row) => {
      if (!row || !locked.has(row.personId)) throw new Moved()
      return row
    }),
    persons,
  }
}

export function moved(): Error {
  return new Moved()
}

/**
 * What one human cannot have twice: a unionid of one open-platform account, an external_userid of one corp. Evidence that leads there is wrong
 * (a shared phone, a rebound app), so nothing is merged.
 */
export function contradiction(rows: readonly Pick<IdentityRow, 'kind' | 'scope' | 'value'>[]): string | undefined {
  const seen = new Map<string, string>()
  for (const { kind, scope, value } of rows) {
    if (kind !== 'unionid' && kind !== 'external_userid') continue
    const key = `${kind}/${scope}`
    const known = seen.get(key)
    if (known !== undefined && known !== value) return kind
    seen.set(key, value)
  }
  return undefined
}

/** Joins the persons of two identities. One of them keeps its id: the one with a contact, because the sidebar knows it; else the older. */
export async function join(ctx: Context, tx: Transaction, between: [string, string], by: Evidence): Promise<Joining> {
  const { rows, persons } = await lockWithPersons(tx, between)
  const [left, right] = persons
  if (!left || !right) return 'same'

  const all = await identitiesOfPersons(tx, [left.id, right.id])
  const clash = contradiction(all)
  if (clash) {
    ctx.log.warn({ corpId: rows[0]?.corpId, identities: between, by, clash }, 'evidence joins two persons that cannot be one; kept apart')
    return 'apart'
  }
  if (await wereParted(tx, [left.id, right.id])) return 'apart'

  const isContact = (personId: string) => all.some((row) => row.personId === personId && row.kind === 'external_userid')
  const rank = ({ id, createdAt }: { id: string; createdAt: Date }) => [isContact(id) ? 0 : 1, createdAt.getTime()]
  const [kept, merged] = compare(rank(left), rank(right)) <= 0 ? [left, right] : [right, left]
  const now = ctx.clock.now()
  const moving = all.filter((row) => row.personId === merged.id)
  const relabelled = moving.filter((row) => row.joinedBy === 'first_seen').map((row) => row.id)
  const ids = moving.map((row) => row.id)
  await moveIdentities(tx, { ids, from: merged.id, to: kept.id, joinedAt: now })
  await relabelIdentities(tx, relabelled, by)
  const evidence: MergeEvidence = { by, between, relabelled }
  const merge = { id: ctx.random.id(), corpId: moving[0]?.corpId ?? '' }
  await insertMerge(tx, {
    ...merge,
    keptPersonId: kept.id,
    mergedPersonId: merged.id,
    identityIds: ids,
    evidence,
    createdAt: now,
  })
  await notifyIdentities(tx, [kept.id, merged.id])
  const visitor = moving.find((row) => row.kind === 'openid')
  // The rep is told why the timeline has grown at once; a visitor without a past changes nothing on it.
  if (visitor && isContact(kept.id) && (await haveMoments(tx, ids))) {
    await record(ctx, tx, { ...merge, identityId: visitor.id, kind: 'contact.joined', occurredAt: now })
  }
  return 'joined'
}

function compare([a1 = 0, a2 = 0]: number[], [b1 = 0, b2 = 0]: number[]): number {
  return a1 - b1 || a2 - b2
}

async function notifyIdentities(tx: Transaction, persons: string[]): Promise<void> {
  await notify(tx, identityChannel, JSON.stringify({ persons }))
}

/** Gives the merged person its identities back, and with them its history. Evidence of the same kind will not join the two again. */
export async function undoMerge(ctx: Context, { corpId, mergeId }: { corpId: string; mergeId: string }): Promise<void> {
  await settling(ctx.db, async (tx) => {
    const merge = await lockMerge(tx, corpId, mergeId)
    if (!merge || merge.undoneAt) return
    // The kept person may itself have been merged since: its identities are where that merge took them.
    const holder = await holderOf(tx, merge.keptPersonId)
    await lockPersons(tx, [holder, merge.mergedPersonId])
    if ((await holderOf(tx, merge.keptPersonId)) !== holder) throw new Moved()
    const now = ctx.clock.now()
    const back = await moveIdentities(tx, { ids: merge.identityIds, from: holder, to: merge.mergedPersonId, joinedAt: now })
    const { relabelled } = merge.evidence as MergeEvidence
    await relabelIdentities(
      tx,
      relabelled.filter((id) => back.includes(id)),
      'first_seen',
    )
    await markUndone(tx, mergeId, now)
    await withdraw(tx, mergeId)
    await notifyIdentities(tx, [holder, merge.mergedPersonId])
  })
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
