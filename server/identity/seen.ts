import type { Context } from '../base/context.ts'
import type { Transaction } from '../base/db/database.ts'
import { convertUnionid } from './conversion/convert.ts'
import { attach, ensureIdentity } from './attach.ts'
import { contradiction } from './evidence/contradiction.ts'
import { noteOnce, type Spoken } from './evidence/evidence.ts'
import { joinAndWeigh, weighNumbers } from './evidence/numbers.ts'
import { lockWithPersons, settling } from './merge/merge.ts'
import { groupsBesideNumbers, tiesOf } from './merge/ties.ts'
import { weighNotedPhones } from './evidence/phone.ts'
import { recognizeSeen } from './conversion/recognize.ts'
import { holdOwn, spreadTrackingOff } from './tracking.ts'
import { findIdentity, identityById, type IdentityKey, type IdentityRow } from './store.ts'

export interface ContactSeen {
  corpId: string
  externalUserId: string
  unionid?: string | null | undefined
  /** Numbers that members noted for the contact. */
  notedPhones?: readonly string[]
}

export interface Seen {
  identityId: string
  personId: string
}

/**
 * Handles a visitor's sign-in. Everything that it proves about the visitor takes effect before the
 * answer, unless WeCom is slow.
 */
export async function visitorSeen(
  ctx: Context,
  {
    corpId,
    appId,
    openid,
    unionid,
  }: { corpId: string; appId: string; openid: string; unionid?: string | null | undefined },
): Promise<Seen> {
  const visitor = await settling(ctx.db, async (tx) => {
    const row = await ensureIdentity(ctx, tx, {
      corpId,
      kind: 'openid',
      scope: appId,
      value: openid,
    })
    if (unionid) await linkUnionid(ctx, tx, row, unionid)
    return row
  })
  if (unionid) await convertUnionid(ctx, { corpId, identityId: visitor.id, openid, unionid })
  return seen(ctx, visitor.id)
}

/**
 * Handles WeCom's description of a contact. An own app also gets the contact's unionid when a
 * WeChat developer account is bound (WW-96315).
 */
export async function contactSeen(
  ctx: Context,
  { corpId, externalUserId, unionid, notedPhones = [] }: ContactSeen,
): Promise<Seen> {
  const contact = await settling(ctx.db, async (tx) => {
    const row = await ensureIdentity(ctx, tx, {
      corpId,
      kind: 'external_userid',
      scope: corpId,
      value: externalUserId,
    })
    if (unionid) await linkUnionid(ctx, tx, row, unionid)
    return row
  })
  await weighNoted(ctx, contact, notedPhones)
  await recognizeSeen(ctx, { corpId, externalUserId })
  return seen(ctx, contact.id)
}

async function weighNoted(
  ctx: Context,
  contact: IdentityRow,
  notedPhones: readonly string[],
): Promise<void> {
  if (notedPhones.length === 0) return
  await settling(ctx.db, async (tx) => {
    const now = await identityById(tx, contact.id)
    if (now) await weighNotedPhones(ctx, tx, now, notedPhones)
  })
}

async function seen(ctx: Context, identityId: string): Promise<Seen> {
  const row = await identityById(ctx.db, identityId)
  if (!row) throw new Error(`identity ${identityId} vanished`)
  return { identityId, personId: row.personId }
}

function spoken({ corpId, id }: IdentityRow, known: IdentityRow): Spoken {
  return { corpId, pair: [id, known.id], kind: 'unionid' }
}

/**
 * Joins all identities with the same unionid in one open-platform account. WeChat promises that
 * they are one human, in every app.
 */
async function linkUnionid(
  ctx: Context,
  tx: Transaction,
  owner: IdentityRow,
  unionid: string,
): Promise<void> {
  const key: IdentityKey = { corpId: owner.corpId, kind: 'unionid', scope: '', value: unionid }
  const known = await findIdentity(tx, key)
  if (known) {
    // Nearly every visit ends here, without a lock.
    if (known.personId !== owner.personId)
      await joinAndWeigh(ctx, tx, [owner.id, known.id], 'unionid')
    else if (await noteOnce(ctx, tx, spoken(owner, known), 'same')) {
      await holdOwn(tx, owner.id)
      await spreadTrackingOff(tx, owner.id)
    }
    return
  }
  const { rows } = await lockWithPersons(tx, [owner.id])
  const personId = rows[0]?.personId ?? owner.personId
  // A unionid that only a number connects with this visitor does not speak against theirs.
  const own = groupsBesideNumbers(await tiesOf(tx, personId)).with(owner.id)
  if (contradiction(own, [key], 'unionid')) {
    // A mini program that was bound to another open-platform account gives new unionids. The new
    // one starts a person of its own.
    const other = await ensureIdentity(ctx, tx, key)
    await joinAndWeigh(ctx, tx, [owner.id, other.id], 'unionid')
    return
  }
  await attach(ctx, tx, { ...owner, personId }, key, 'unionid')
  await weighNumbers(ctx, tx, owner.id)
}
