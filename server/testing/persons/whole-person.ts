import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import type { UploadedFile } from '../../../shared/contract/files.ts'
import { forwardShare } from '../../../shared/contract/materials.ts'
import { chooseTracking, privacyTextVersion } from '../../../shared/contract/privacy.ts'
import { track } from '../../../shared/contract/track.ts'
import {
  cancelWorkorder,
  submitWorkorder,
  type Workorder,
} from '../../../shared/contract/workorders.ts'
import { callbacks } from '../../connections/tables.ts'
import { onceValues } from '../../sign-in/tables.ts'
import { askedLately, identities, identityQuestions, pendingIds } from '../../identity/tables.ts'
import { once } from '../../base/db/jobs.ts'
import { shares } from '../../shares/tables.ts'
import { rollUp } from '../../timeline/index.ts'
import {
  makeContact,
  makeShare,
  makeVisitor,
  openedBy,
  type TestContact,
  type TestVisitor,
} from '../factories.ts'
import type { As, TestApp } from '../test-app.ts'

export interface WholePerson {
  contact: TestContact
  visitor: TestVisitor
  unionid: string
  phone: string
  /** In every place that may hold them: name, phone, address, words of the person's own. */
  words: string[]
  order: Workorder
  photo: UploadedFile
  /** A rep's push to the person, and the person's acts under it. */
  share: string
  child: string
  identityIds: string[]
  /** Texts that must be nowhere once the person is erased. */
  traces: string[]
}

let made = 0

export async function uploadPhoto(app: TestApp, as: As, shade = 0): Promise<UploadedFile> {
  const bytes = await sharp({
    create: { width: 24, height: 16, channels: 3, background: { r: shade % 256, g: 90, b: 140 } },
  })
    .jpeg()
    .toBuffer()
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(bytes)]), 'photo.jpg')
  return (await (
    await app.fetch('/api/files', { method: 'POST', body: form }, as)
  ).json()) as UploadedFile
}

/** Taps an entry of the menu under a share. */
export function clickMenu(app: TestApp, as: As, shareId: string) {
  const occurredAt = app.clock.now().toISOString()
  const event = {
    id: app.ctx.random.id(),
    visitId: app.ctx.random.id(),
    kind: 'menu.click',
    item: 'x',
    occurredAt,
    shareId,
  }
  return app.call(track, { body: { sentAt: occurredAt, events: [event] } }, as)
}

/** Opens a share and reads it. Returns the visit's id. */
export async function readShare(
  app: TestApp,
  as: As,
  shareId: string,
  visitId = app.ctx.random.id(),
): Promise<string> {
  const occurredAt = app.clock.now().toISOString()
  const event = { occurredAt, visitId, shareId }
  const { refused } = await app.call(
    track,
    {
      body: {
        sentAt: occurredAt,
        events: [
          { ...event, id: app.ctx.random.id(), kind: 'view.start' },
          {
            ...event,
            id: app.ctx.random.id(),
            kind: 'view.progress',
            activeSeconds: 21,
            depth: { unit: 'percent', reached: 80, total: 100 },
          },
        ],
      },
    },
    as,
  )
  if (refused.length > 0) throw new Error(`events were refused: ${JSON.stringify(refused)}`)
  return visitId
}

/** Makes a person who has rows in every table that can hold personal data. */
export async function makeWholePerson(app: TestApp): Promise<WholePerson> {
  made += 1
  const n = String(made).padStart(3, '0')
  const { corpId } = app
  const unionid = `oUnionWhole${app.ctx.random.token(8)}`
  const phone = `1391234${n}9`
  const words = [
    `林悦之${n}`,
    phone,
    `恒进精密${n}`,
    `星湖街 ${n} 号`,
    `空压机异响${n}`,
    `改到下周${n}`,
    `家里那台${n}`,
  ]
  const [name = '', , place = '', address = '', description = '', note = '', serial = ''] = words
  const contact = await makeContact(app, { name, unionid })
  const visitor = await makeVisitor(app, {
    unionid,
    openid: `oWhole${n}${app.ctx.random.token(9)}`,
  })
  const identityIds = [contact.identityId, visitor.identityId]
  const now = app.clock.now()

  const share = await makeShare(app, { to: contact })
  await readShare(app, visitor.as, share, openedBy(app, visitor, share).visitId)
  await once(app.ctx, rollUp)
  // One visit is folded into the statistics, and one is not yet.
  await readShare(app, visitor.as, share, openedBy(app, visitor, share).visitId)
  const child = openedBy(app, visitor, share).forwardId
  await app.call(forwardShare, { params: { id: share }, body: { id: child } }, visitor.as)
  const photo = await uploadPhoto(app, visitor.as, made * 32)
  const order = await app.call(
    submitWorkorder,
    {
      body: {
        type: 'repair',
        description,
        contactName: name,
        contactPhone: phone,
        photoIds: [photo.id],
        equipmentSn: serial,
        location: { source: 'chosen', name: place, address, latitude: 31.26, longitude: 120.73 },
        shareId: share,
      },
      idempotencyKey: randomUUID(),
    },
    visitor.as,
  )
  await app.call(cancelWorkorder, { params: { id: order.id }, body: { reason: note } }, visitor.as)
  const body = { agreed: true, textVersion: privacyTextVersion, locale: 'zh-CN' } as const
  await app.call(chooseTracking, { body }, visitor.as)

  // Rows that come from platforms, members and other processes.
  const personId =
    (await app.db.select().from(identities)).find(({ id }) => id === visitor.identityId)
      ?.personId ?? ''
  const phoneIdentity = {
    id: randomUUID(),
    corpId,
    personId,
    kind: 'phone',
    scope: '',
    value: phone,
    joinedBy: 'verified_phone',
  }
  await app.db.insert(identities).values({ ...phoneIdentity, joinedAt: now, createdAt: now })
  // What the client said when a push to the person failed.
  await app.db
    .update(shares)
    .set({ reason: `${name} refused` })
    .where(eq(shares.id, share))
  const [oneIdentityId = '', otherIdentityId = ''] = [...identityIds].sort()
  await app.db.insert(identityQuestions).values({
    id: randomUUID(),
    corpId,
    oneIdentityId,
    otherIdentityId,
    kind: 'noted_phone',
    reason: 'noted',
    state: 'open',
    askedAt: now,
  })
  await app.db
    .insert(pendingIds)
    .values({ corpId, pendingId: `pending${n}`, identityId: visitor.identityId, expiresAt: now })
  await app.db.insert(askedLately).values({
    kind: 'unionid_conversion',
    value: `${corpId}/${visitor.identityId}/${unionid}`,
    identityId: visitor.identityId,
    result: 'no_contact',
    expiresAt: now,
  })
  await app.db.insert(onceValues).values({
    kind: 'h5_ticket',
    value: `ticket${n}`,
    payload: { identityId: visitor.identityId },
    expiresAt: now,
  })
  await app.db.insert(callbacks).values({
    id: randomUUID(),
    connection: 'main',
    corpId,
    dedupeKey: `add/${contact.externalUserId}`,
    event: 'change_external_contact/add_external_contact',
    message: `<xml><ExternalUserID><![CDATA[${contact.externalUserId}]]></ExternalUserID></xml>`,
    receivedAt: now,
    state: 'handled',
    nextTryAt: now,
  })
  const own = (await app.db.select().from(identities)).filter((row) => row.personId === personId)
  const ids = own.map(({ id }) => id)
  return {
    contact: { ...contact, personId },
    visitor: { ...visitor, personId },
    unionid,
    phone,
    words,
    order,
    photo,
    share,
    child,
    identityIds: ids,
    traces: [...ids, ...own.map(({ value }) => value), ...words],
  }
}
