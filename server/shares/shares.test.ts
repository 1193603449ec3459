import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createShare,
  forwardShare,
  getMaterial,
  listShares,
  openShare,
  settleShare,
} from '../../shared/contract/materials.ts'
import { chooseTracking, privacyTextVersion } from '../../shared/contract/privacy.ts'
import { track } from '../../shared/contract/track.ts'
import { connectAccount } from '../connections/connect.ts'
import { visitorSeen } from '../identity/index.ts'
import { publish } from '../materials/index.ts'
import { materials } from '../materials/tables.ts'
import { makeContact, makeMaterial } from '../testing/factories.ts'
import { type As, makeTestApp, type TestApp } from '../testing/test-app.ts'

let app: TestApp
let rep: As
let colleague: As
let reader: As
let materialId: string

// From the sandbox's scene.
const linyue = { externalUserId: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg' }
const chen = { externalUserId: 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo' }
const appId = 'wx5e1f8c27d90b643a'
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
const title = '产品手册 😀 كتالوج'

beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 3_000 })
  rep = app.member('ZhouXiaolan')
  colleague = app.member('HanXue')
  reader = await visitor('oReader')
  const material = {
    corpId: app.corpId,
    title,
    summary: '共 6 页',
    categoryId: null,
    cover: picture,
    body: { kind: 'image', bytes: picture },
  } as const
  materialId = (await publish(app.ctx, material)).id
})
afterAll(() => app.stop())
beforeEach(() => app.sandbox?.door('DELETE', 'faults'))

async function visitor(openid: string): Promise<As> {
  return app.visitor((await visitorSeen(app.ctx, { corpId: app.corpId, appId, openid })).identityId)
}
/** The identity in a visitor’s token. */
function identityOf(as: As): string {
  const { subject } = app.ctx.sessions.read((as['Authorization'] ?? '').replace('Bearer ', ''))
  if (subject.kind !== 'visitor') throw new Error('no visitor')
  return subject.identityId
}

function push(
  to: { externalUserId: string } | { chatId: string } = linyue,
  idempotencyKey: string = randomUUID(),
  as = rep,
) {
  return app.call(
    createShare,
    { body: { materialId, to, entry: 'single_chat_tools' }, idempotencyKey },
    as,
  )
}

describe('a push', () => {
  test('carries a mini-program card that leads to the share', async () => {
    const { share, message } = await push()
    expect(share).toMatchObject({ materialId, parentId: null, state: 'created' })
    if (message.msgtype !== 'miniprogram') throw new Error('no card')
    expect(message.miniprogram).toMatchObject({
      appid: app.first.miniprogram?.appId,
      title,
      page: `pages/material/index.html?share=${share.id}`,
    })
    expect((await fetch(message.miniprogram.imgUrl)).headers.get('content-type')).toBe('image/jpeg')
  })

  test('carries a link to the same page of the H5 site where there is no mini program', async () => {
    const without = await makeTestApp({
      env: { MINIPROGRAM_APP_ID: '', MINIPROGRAM_APP_SECRET: '' },
    })
    const to = await makeContact(without)
    const pushed = await makeMaterial(without, { title })
    await without.db.update(materials).set({ summary: '共 6 页' })
    try {
      const { share, message } = await without.call(
        createShare,
        {
          body: {
            materialId: pushed,
            to: { externalUserId: to.externalUserId },
            entry: 'single_chat_tools',
          },
          idempotencyKey: randomUUID(),
        },
        without.member('ZhouXiaolan'),
      )
      if (message.msgtype !== 'news') throw new Error('no link')
      expect(message.news).toMatchObject({
        title,
        desc: '共 6 页',
        link: `${without.ctx.config.publicUrl}/h5/?corp=${without.corpId}#/pages/material/index?share=${share.id}`,
      })
    } finally {
      await without.stop()
    }
  })

  test('from the attachment menu, where WeCom does not say who the customer is, carries its share all the same', async () => {
    const body = { materialId, to: null, entry: 'chat_attachment' } as const
    const { share } = await app.call(createShare, { body, idempotencyKey: randomUUID() }, rep)
    expect(await app.call(openShare, { params: { id: share.id } }, reader)).toMatchObject({
      material: { title },
    })
  })

  test('sent again with its key is the same share, at the same instant too, and while WeCom is away', async () => {
    const key = randomUUID()
    const shares = await Promise.all(Array.from({ length: 6 }, () => push(linyue, key)))
    expect(new Set(shares.map(({ share }) => share.id)).size).toBe(1)
    app.clock.advance(11 * 60_000)
    await app.sandbox?.door('POST', 'faults', {
      path: '/cgi-bin/externalcontact/get',
      times: 10,
      status: 500,
    })
    expect((await push(linyue, key)).share.id).toBe(shares[0]?.share.id)
  })

  test('under a used key but for somebody else is a conflict; the key of a colleague is another key', async () => {
    const key = randomUUID()
    const { share } = await push(linyue, key)
    await expect(push(chen, key)).rejects.toMatchObject({
      code: 'idempotency_conflict',
      status: 409,
    })
    expect((await push(linyue, key, colleague)).share.id).not.toBe(share.id)
  })

  test('to a contact of somebody else, or of what does not exist, is refused', async () => {
    await expect(push(chen, randomUUID(), colleague)).rejects.toMatchObject({
      code: 'contact_not_followed',
    })
    const body = {
      materialId: '0193a3c4-0000-7000-8000-000000000001',
      to: linyue,
      entry: 'single_chat_tools',
    } as const
    await expect(
      app.call(createShare, { body, idempotencyKey: randomUUID() }, rep),
    ).rejects.toMatchObject({ code: 'material_unknown' })
    await expect(app.call(createShare, { body, idempotencyKey: '' }, rep)).rejects.toMatchObject({
      code: 'idempotency_key_missing',
    })
  })

  test('counts once the client says it was sent, and only its own member may say so', async () => {
    const { share } = await push()
    const settle = (state: 'sent' | 'cancelled', as = rep) =>
      app.call(settleShare, { params: { id: share.id }, body: { state } }, as)
    await expect(settle('sent', colleague)).rejects.toMatchObject({ code: 'share_unknown' })
    expect(await settle('cancelled')).toMatchObject({ state: 'cancelled' })
    expect(await listed()).not.toContain(share.id)
    expect(await settle('sent')).toMatchObject({ state: 'sent' })
    expect(await settle('cancelled')).toMatchObject({ state: 'sent' })
    expect(await listed()).toContain(share.id)
  })

  test('is listed for its contact, page by page, and says whether somebody opened it', async () => {
    const earlier = (await push(chen)).share
    const { share } = await push(chen)
    const mine = async () =>
      (await app.call(listShares, { query: { ...chen, limit: '1' } }, rep)).items[0]
    expect(await mine()).toMatchObject({ id: share.id, title, kind: 'image', opened: false })
    const occurredAt = app.clock.now().toISOString()
    const event = {
      id: app.ctx.random.id(),
      visitId: app.ctx.random.id(),
      shareId: share.id,
      occurredAt,
      kind: 'view.start',
    }
    await app.call(track, { body: { sentAt: occurredAt, events: [event] } }, reader)
    expect(await mine()).toMatchObject({ opened: true })
    const { next } = await app.call(listShares, { query: { ...chen, limit: '1' } }, rep)
    const rest = await app.call(listShares, { query: { ...chen, before: next ?? '' } }, rep)
    expect(rest.items.map(({ id, opened }) => [id, opened])).toEqual([[earlier.id, false]])
    await expect(app.call(listShares, { query: chen }, colleague)).rejects.toMatchObject({
      code: 'contact_not_followed',
    })
  })

  async function listed(): Promise<string[]> {
    return (await app.call(listShares, { query: { ...linyue, limit: '50' } }, rep)).items.map(
      ({ id }) => id,
    )
  }
})

describe('a share', () => {
  test('is opened by whoever has it, reader or member, and names the rep', async () => {
    const { share } = await push()
    const opened = await app.call(openShare, { params: { id: share.id } }, reader)
    expect(opened.share).toMatchObject({ id: share.id, forwards: 0, memberName: '周晓岚' })
    expect(opened.material).toEqual(
      await app.call(getMaterial, { params: { id: materialId } }, rep),
    )
    expect(await app.call(openShare, { params: { id: share.id } }, colleague)).toEqual({
      ...opened,
      issued: null,
    })
    await expect(app.call(openShare, { params: { id: share.id } })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    await expect(
      app.call(openShare, { params: { id: randomUUID() } }, reader),
    ).rejects.toMatchObject({ code: 'share_unknown' })
  })

  test('of another corp does not exist here', async () => {
    const { share } = await push()
    const corpId = 'wwother00000'
    await connectAccount(app.ctx, {
      corpId,
      corpName: '另一家',
      kind: 'miniprogram',
      platformId: 'wx0000000000000000',
      settings: {},
      secrets: { secret: 'a secret of theirs' },
    })
    const { identityId } = await visitorSeen(app.ctx, {
      corpId,
      appId: 'wx0000000000000000',
      openid: 'oStranger',
    })
    const { token } = app.ctx.sessions.sign({ kind: 'visitor', corpId, identityId }, 60)
    const stranger = { Authorization: `Bearer ${token}` }
    await expect(app.call(openShare, { params: { id: share.id } }, stranger)).rejects.toMatchObject(
      { code: 'share_unknown' },
    )
    await expect(forward(share.id, app.ctx.random.id(), stranger)).rejects.toMatchObject({
      code: 'share_unknown',
    })
  })

  test('is handed on as its child, which leads to the same material and is nobody’s target any more', async () => {
    const { share } = await push()
    const id = await idFor(share.id)
    const child = await forward(share.id, id)
    expect(child).toMatchObject({ id, parentId: share.id, materialId, state: 'sent' })
    expect(await forward(share.id, id)).toEqual(child)
    const friend = await visitor('oFriend')
    const grandchild = await idFor(id, friend)
    await forward(id, grandchild, friend)
    expect((await app.call(openShare, { params: { id: grandchild } }, reader)).share).toMatchObject(
      { forwards: 2, memberName: '周晓岚' },
    )
    const { rows } = await app.db.$client.query(
      'select target_identity_id from shares where id = any($1)',
      [[id, grandchild]],
    )
    expect(rows).toEqual([{ target_identity_id: null }, { target_identity_id: null }])
  })

  test('is handed on to several friends under several ids, and each opening gives new ones', async () => {
    const { share } = await push()
    const open = () => app.call(openShare, { params: { id: share.id } }, reader)
    const [one, again] = [await open(), await open()]
    const ids = [one, again].flatMap(({ issued }) => [
      ...(issued?.visitIds ?? []),
      ...(issued?.forwardIds ?? []),
    ])
    expect(ids.length).toBeGreaterThan(8)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of one.issued?.forwardIds ?? []) await forward(share.id, id)
    expect(await forwarders(one.issued?.forwardIds ?? [])).toEqual(
      (one.issued?.forwardIds ?? []).map(() => identityOf(reader)),
    )
  })

  test('cannot be handed on under an id that is taken, so there are no circles', async () => {
    const [one, other] = [(await push()).share.id, (await push()).share.id]
    const id = await idFor(one)
    await forward(one, id)
    await expect(forward(one, one)).rejects.toMatchObject({ code: 'idempotency_conflict' })
    await expect(forward(id, one)).rejects.toMatchObject({ code: 'idempotency_conflict' })
    await expect(forward(other, id)).rejects.toMatchObject({ code: 'idempotency_conflict' })
    await expect(forward(one, id, await visitor('oThief'))).rejects.toMatchObject({
      code: 'idempotency_conflict',
    })
    await expect(forward(app.ctx.random.id(), app.ctx.random.id())).rejects.toMatchObject({
      code: 'share_unknown',
    })
  })

  test('cannot be claimed first by a friend who sees the card, nor under another share, nor with a changed id', async () => {
    const [one, other] = [(await push()).share.id, (await push()).share.id]
    const id = await idFor(one)
    const thief = await visitor('oFastThief')
    const changed = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`
    const refusal = { code: 'idempotency_conflict', status: 409 }
    await expect(forward(one, id, thief)).rejects.toMatchObject(refusal)
    await expect(forward(other, id)).rejects.toMatchObject(refusal)
    await expect(forward(one, changed)).rejects.toMatchObject(refusal)
    // An id for a visit is no id for a forward.
    const { issued } = await app.call(openShare, { params: { id: one } }, reader)
    await expect(forward(one, issued?.visitIds[0] ?? '')).rejects.toMatchObject(refusal)
    // The forwarder comes late, for instance from a tunnel, and the card is theirs all the same.
    expect(await forward(one, id)).toMatchObject({ id, parentId: one })
    expect(await forwarders([id])).toEqual([identityOf(reader)])
  })

  test('handed on by a client from before ids were issued opens, names nobody, and cannot be taken over', async () => {
    const [one, other] = [(await push()).share.id, (await push()).share.id]
    const id = app.ctx.random.id()
    expect(await forward(one, id)).toMatchObject({ id, parentId: one })
    expect(await forward(one, id)).toMatchObject({ id, parentId: one })
    await expect(forward(other, id)).rejects.toMatchObject({ code: 'idempotency_conflict' })
    expect(
      (await app.call(openShare, { params: { id } }, await visitor('oOldFriend'))).share.forwards,
    ).toBe(1)
    expect(await forwarders([id])).toEqual([null])
  })

  test('handed on by somebody who does not want to be tracked opens, and names nobody', async () => {
    const { share } = await push()
    const silent = await visitor('oSilent')
    const other = await visitor('oTalkative')
    const [id, theirs] = [await idFor(share.id, silent), await idFor(share.id, other)]
    const body = { agreed: false, textVersion: privacyTextVersion, locale: 'zh-CN' } as const
    await app.call(chooseTracking, { body }, silent)
    const child = await forward(share.id, id, silent)
    expect(await forward(share.id, id, silent)).toEqual(child)
    await forward(share.id, theirs, other)
    expect((await app.call(openShare, { params: { id } }, reader)).share.forwards).toBe(1)
    expect(await forwarders([id, theirs])).toEqual([null, identityOf(other)])
  })

  async function idFor(parent: string, as = reader): Promise<string> {
    const { issued } = await app.call(openShare, { params: { id: parent } }, as)
    return issued?.forwardIds[0] ?? ''
  }

  async function forwarders(ids: readonly string[]): Promise<(string | null)[]> {
    const { rows } = await app.db.$client.query<{ id: string; by: string | null }>(
      'select id, forwarder_identity_id as by from shares where id = any($1)',
      [ids],
    )
    return ids.map((id) => rows.find((row) => row.id === id)?.by ?? null)
  }

  function forward(parent: string, id: string, as = reader) {
    return app.call(forwardShare, { params: { id: parent }, body: { id } }, as)
  }
})

// The last test: it moves the clock beyond every session.
test('a key may be used again after a day, and each new key removes a few old ones', async () => {
  const key = randomUUID()
  const { share } = await push(linyue, key)
  const kept = async () =>
    Number(
      (await app.db.$client.query('select count(*)::int as count from idempotency_keys')).rows[0]
        .count,
    )
  const before = await kept()
  app.clock.advance(25 * 60 * 60_000)
  expect((await push(chen, key, app.member('ZhouXiaolan'))).share.id).not.toBe(share.id)
  expect(before).toBeGreaterThan(3)
  expect(await kept()).toBeLessThan(before)
})
