import type { Context } from '../base/context.ts'
import type { Transaction } from '../base/db/database.ts'
import { note } from './evidence/evidence.ts'
import { moved } from './merge/merge.ts'
import {
  deletePerson,
  findIdentity,
  type IdentityKey,
  type IdentityRow,
  insertIdentity,
  insertPerson,
} from './store.ts'

/** Returns the identity. A new one gets a person of its own. */
export async function ensureIdentity(
  ctx: Context,
  tx: Transaction,
  key: IdentityKey,
): Promise<IdentityRow> {
  const known = await findIdentity(tx, key)
  if (known) return known
  const now = ctx.clock.now()
  const personId = ctx.random.id()
  await insertPerson(tx, { id: personId, corpId: key.corpId, createdAt: now })
  const row: IdentityRow = {
    id: ctx.random.id(),
    personId,
    ...key,
    joinedBy: 'first_seen',
    joinedAt: now,
    createdAt: now,
    trackingOffAt: null,
  }
  if (await insertIdentity(tx, row)) return row
  // Another transaction was first and has committed by now.
  await deletePerson(tx, personId)
  const theirs = await findIdentity(tx, key)
  if (!theirs) throw moved()
  return theirs
}

/** Adds a new identity to a known person. The caller holds the person's lock. */
export async function attach(
  ctx: Context,
  tx: Transaction,
  owner: IdentityRow,
  key: IdentityKey,
  by: 'unionid' | 'verified_phone',
): Promise<void> {
  const now = ctx.clock.now()
  const row = {
    id: ctx.random.id(),
    personId: owner.personId,
    ...key,
    joinedBy: by,
    joinedAt: now,
    createdAt: now,
    trackingOffAt: null,
  }
  if (!(await insertIdentity(tx, row))) throw moved()
  await note(ctx, tx, { corpId: owner.corpId, pair: [owner.id, row.id], kind: by }, 'joined', {
    attached: row.id,
  })
}
