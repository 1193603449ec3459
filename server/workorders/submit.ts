import type { WorkorderDraft } from '../../shared/contract/workorders.ts'
import { readPhone } from '../../shared/rules/phone-number.ts'
import { dayOf } from '../../shared/text/time.ts'
import type { Context } from '../base/context.ts'
import { type Transaction, transact } from '../base/db/database.ts'
import { claim, madeBefore } from '../base/db/idempotency.ts'
import { filesByIds, markUsed } from '../files/index.ts'
import { fail } from '../base/problem.ts'
import type { VisitorSubject } from '../base/http/session/sessions.ts'
import { equipmentBySn } from '../equipment/index.ts'
import { ownIdentities } from '../identity/index.ts'
import { shareById } from '../shares/index.ts'
import { record } from '../timeline/index.ts'
import { addStatus, insertWorkorder, nextNumber, type WorkorderRow } from './store.ts'
import { holdVisitor } from '../base/http/session/visitors.ts'

/** A phone's clock may be a little fast, and filling in a form takes a while. */
const graceMs = 10 * 60_000

/**
 * Makes a work order and its moment, both or neither. The same key makes one order, however many
 * requests send it, even at the same time.
 * @returns the order's id
 * @throws Problem `file_unknown`, `invalid_request`, `idempotency_conflict`
 */
export async function submit(
  ctx: Context,
  session: VisitorSubject,
  draft: WorkorderDraft,
  key: string,
): Promise<string> {
  const request = { owner: session.identityId, key, body: ['submitWorkorder', draft] }
  const known = await madeBefore(ctx, ctx.db, request)
  if (known !== undefined) return known
  const row = await prepare(ctx, session, draft)
  return transact(ctx.db, async (tx) => {
    await holdVisitor(ctx, tx, session.identityId)
    const counting = await claim(ctx, tx, request, row.id)
    if (counting !== row.id) return counting
    await keepPhotos(tx, row)
    // The corp's calendar day: numbers of orders count within it.
    const day = dayOf(row.createdAt.getTime()).replaceAll('-', '')
    const number = `WO-${day}-${String(await nextNumber(tx, row.corpId, day)).padStart(4, '0')}`
    await insertWorkorder(tx, { ...row, number })
    await addStatus(tx, {
      workorderId: row.id,
      status: 'submitted',
      by: 'visitor',
      note: '',
      at: row.createdAt,
    })
    const { id, corpId, identityId, shareId, createdAt } = row
    await record(ctx, tx, {
      id,
      corpId,
      identityId,
      kind: 'workorder.submit',
      occurredAt: createdAt,
      shareId,
      workorderId: id,
    })
    return id
  })
}

async function prepare(
  ctx: Context,
  { corpId, identityId }: VisitorSubject,
  draft: WorkorderDraft,
): Promise<WorkorderRow> {
  const now = ctx.clock.now()
  const { type, description, contactName, contactPhone, photoIds, equipmentSn, location } = draft
  const preferredAt = draft.preferredAt === null ? null : new Date(draft.preferredAt)
  if (preferredAt && preferredAt.getTime() < now.getTime() - graceMs) {
    wrong('preferredAt', 'must not be in the past')
  }
  const phone = readPhone(contactPhone)
  if (!phone) wrong('contactPhone', 'must be one phone number')
  const machine =
    equipmentSn === null ? undefined : await equipmentBySn(ctx.db, corpId, equipmentSn)
  await expectOwnPhotos(ctx, identityId, photoIds)
  const place = location.source === 'typed' ? null : location
  const { source, name } = location
  const address = location.address || (source === 'chosen' ? name : '')
  if (source === 'chosen' && !address) wrong('location.address', 'must not be empty')
  return {
    id: ctx.random.id(),
    corpId,
    number: '',
    identityId,
    type,
    status: 'submitted',
    description,
    contactName,
    contactPhone: phone.shown,
    photoIds: [...new Set(photoIds)],
    preferredAt,
    equipmentId: machine?.id ?? null,
    equipmentSn,
    locationSource: source,
    // Maps give a point without a name its address as the name.
    locationName: source !== 'typed' && name === address ? '' : name,
    locationAddress: address,
    latitude: place?.latitude ?? null,
    longitude: place?.longitude ?? null,
    accuracy: place?.accuracy ?? null,
    shareId: await knownShare(ctx, corpId, draft.shareId),
    createdAt: now,
  }
}

/** The share may be gone by now: whoever made it was erased. The order is made all the same. */
async function knownShare(
  ctx: Context,
  corpId: string,
  shareId: string | null,
): Promise<string | null> {
  return shareId !== null && (await shareById(ctx.db, corpId, shareId)) ? shareId : null
}

function wrong(field: string, message: string): never {
  fail('invalid_request', `${field}: ${message}`, { errors: [{ field, message }] })
}

async function expectOwnPhotos(
  ctx: Context,
  identityId: string,
  photoIds: readonly string[],
): Promise<void> {
  if (photoIds.length === 0) return
  const own = new Set((await ownIdentities(ctx.db, identityId)).map(({ id }) => id))
  const photos = await filesByIds(ctx.db, photoIds)
  const strange = photoIds.findIndex((id) => {
    const owner = photos.get(id)?.ownerIdentityId
    return owner === undefined || owner === null || !own.has(owner)
  })
  if (strange >= 0) refusePhoto(photoIds, strange)
}

/** A photo that no order names is deleted in time, and may just have been. */
async function keepPhotos(tx: Transaction, { photoIds, createdAt }: WorkorderRow): Promise<void> {
  const kept = await markUsed(tx, photoIds, createdAt)
  const gone = photoIds.findIndex((id) => !kept.has(id))
  if (gone >= 0) refusePhoto(photoIds, gone)
}

function refusePhoto(photoIds: readonly string[], at: number): never {
  fail(
    'file_unknown',
    `The photo ${photoIds[at]} was not uploaded by this visitor, or is deleted`,
    {
      errors: [{ field: `photoIds.${at}`, message: 'is not there: upload it again' }],
    },
  )
}
