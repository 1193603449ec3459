import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createShare, settleShare } from '../../shared/contract/materials.ts'
import { listMoments, Moment } from '../../shared/contract/timeline.ts'
import { track } from '../../shared/contract/track.ts'
import { once } from '../base/db/jobs.ts'
import { openEventStream } from '../testing/event-stream.ts'
import { makeContact, makeMaterial, makeVisitor, type TestContact } from '../testing/factories.ts'
import { makeTestApp, type As, type TestApp } from '../testing/test-app.ts'
import { rollUp } from '../timeline/index.ts'

let app: TestApp
let rep: As
let materialId: string

beforeAll(async () => {
  app = await makeTestApp()
  rep = app.member('ZhouXiaolan')
  materialId = await makeMaterial(app, { title: '选型手册' })
})
afterAll(() => app.stop())

async function push(to: TestContact | null, as = rep): Promise<string> {
  const target = to ? { externalUserId: to.externalUserId } : { chatId: 'wrTest0000000000' }
  const { share } = await app.call(
    createShare,
    {
      body: { materialId, to: target, entry: 'single_chat_tools' },
      idempotencyKey: app.ctx.random.id(),
    },
    as,
  )
  return share.id
}

function settle(id: string, state: 'sent' | 'cancelled' | 'failed', as = rep) {
  return app.call(settleShare, { params: { id }, body: { state } }, as)
}

async function rows({ personId }: TestContact, as = rep): Promise<Moment[]> {
  return (await app.call(listMoments, { params: { id: personId }, query: {} }, as)).items
}

async function open(shareId: string, visitId = app.ctx.random.id()): Promise<void> {
  const at = app.clock.now().toISOString()
  const event = { id: app.ctx.random.id(), kind: 'view.start', occurredAt: at, visitId, shareId }
  const visitor = await makeVisitor(app)
  await app.call(track, { body: { sentAt: at, events: [event] } }, visitor.as)
}

describe('a push on the timeline', () => {
  test('stands there before anybody has opened it, with what was pushed and by whom', async () => {
    const contact = await makeContact(app)
    const shareId = await push(contact)
    expect(await rows(contact)).toEqual([])
    await settle(shareId, 'sent')
    expect(await rows(contact)).toMatchObject([
      {
        kind: 'material.push',
        confirmed: true,
        material: { title: '选型手册' },
        share: { id: shareId, memberUserId: 'ZhouXiaolan', forwards: 0 },
        push: { opened: false },
        view: null,
      },
    ])
  })

  test('stands there once, however often the client reports it, at the same instant too', async () => {
    const contact = await makeContact(app)
    const [one, other] = [await push(contact), await push(contact)]
    await Promise.all(Array.from({ length: 8 }, () => settle(one, 'sent')))
    await settle(other, 'sent')
    await settle(one, 'cancelled')
    await settle(one, 'sent')
    const shown = (await rows(contact)).map(({ share }) => share?.id)
    expect(shown.sort()).toEqual([one, other].sort())
  })

  test('is no row while it was only made, cancelled or refused; a later «sent» makes it one', async () => {
    const contact = await makeContact(app)
    const [made, cancelled, failed] = [
      await push(contact),
      await push(contact),
      await push(contact),
    ]
    await settle(cancelled, 'cancelled')
    await settle(failed, 'failed')
    await settle(await push(null), 'sent')
    expect(await rows(contact)).toEqual([])
    await settle(cancelled, 'sent')
    expect((await rows(contact)).map(({ share }) => share?.id)).toEqual([cancelled])
    expect(made).not.toBe(cancelled)
  })

  test('says that it was opened, before and after the counts are folded, and only the opened one', async () => {
    const contact = await makeContact(app)
    const [opened, other] = [await push(contact), await push(contact)]
    await settle(opened, 'sent')
    await settle(other, 'sent')
    await open(opened)
    const pushes = async () =>
      new Map((await rows(contact)).flatMap((row) => (row.push ? [[row.share?.id, row.push]] : [])))
    const expected = new Map([
      [other, { opened: false }],
      [opened, { opened: true }],
    ])
    expect(await pushes()).toEqual(expected)
    await once(app.ctx, rollUp)
    expect(await pushes()).toEqual(expected)
  })

  test('comes live to the open timeline', async () => {
    const contact = await makeContact(app)
    const stream = await openEventStream(app, `/api/persons/${contact.personId}/moments/live`, rep)
    const shareId = await push(contact)
    await settle(shareId, 'sent')
    await vi.waitFor(() => expect(stream.events).toHaveLength(1))
    const [told] = stream.events.map(({ data }) => v.parse(Moment, JSON.parse(data)))
    expect(told).toMatchObject({ kind: 'material.push', share: { id: shareId } })
    stream.close()
  })

  test('is shown to a colleague who follows the customer, and to nobody else', async () => {
    const contact = await makeContact(app, { followers: ['ZhouXiaolan', 'HanXue'] })
    await settle(await push(contact), 'sent')
    expect(await rows(contact, app.member('HanXue'))).toMatchObject([
      { share: { memberUserId: 'ZhouXiaolan' } },
    ])
    await expect(rows(contact, app.member('LiLei'))).rejects.toMatchObject({
      code: 'contact_not_followed',
    })
  })

  test('cannot be kept away by a reader who reports a visit under the share’s own id', async () => {
    const contact = await makeContact(app)
    const shareId = await push(contact)
    await open(shareId, shareId)
    await settle(shareId, 'sent')
    expect((await rows(contact)).map(({ kind }) => kind).sort()).toEqual([
      'material.push',
      'material.view',
    ])
  })

  test('to a contact who was erased meanwhile is not recorded', async () => {
    const contact = await makeContact(app)
    const shareId = await push(contact)
    await app.db.$client.query('delete from identities where id = $1', [contact.identityId])
    await expect(settle(shareId, 'sent')).resolves.toMatchObject({ state: 'sent' })
    const { rows: left } = await app.db.$client.query(
      'select from moments where identity_id = $1',
      [contact.identityId],
    )
    expect(left).toEqual([])
  })
})
