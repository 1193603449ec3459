import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { UploadedFile } from '../../shared/contract/files.ts'
import { createShare } from '../../shared/contract/materials.ts'
import { listMoments } from '../../shared/contract/timeline.ts'
import {
  cancelWorkorder,
  findEquipment,
  getWorkorder,
  listWorkorders,
  submitWorkorder,
  type WorkorderDraftInput,
} from '../../shared/contract/workorders.ts'
import { getContact } from '../../shared/contract/contacts.ts'
import { dayOf, startOfDay } from '../../shared/text/time.ts'
import { once } from '../base/db/jobs.ts'
import { forgetUnused } from '../files/upload/forget-unused.ts'
import { visitorSeen } from '../identity/index.ts'
import { publish } from '../materials/index.ts'
import { makeContact, makeShare, makeVisitor } from '../testing/factories.ts'
import { type As, makeTestApp, type TestApp } from '../testing/test-app.ts'
import { insertEquipment } from '../equipment/index.ts'

let app: TestApp
/** 林悦 in the mini program. Her unionid joins her to the contact. */
let linyue: As
let rep: As
let linyuePerson: string

const appId = 'wx5e1f8c27d90b643a'
const contact = { externalUserId: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg' }
const unionid = 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1'

beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 3_000 })
  rep = app.member('ZhouXiaolan')
  linyuePerson = (await app.call(getContact, { params: contact }, rep)).personId
  linyue = await visitor('oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8', unionid)
  await insertEquipment(app.db, [
    {
      id: randomUUID(),
      corpId: app.corpId,
      sn: 'LC-2024-0815',
      model: 'LC-75VPM',
      place: '一号空压站',
    },
  ])
})
afterAll(() => app.stop())
beforeEach(() => app.sandbox?.door('DELETE', 'faults'))

async function visitor(openid: string, union?: string): Promise<As> {
  return app.visitor(
    (await visitorSeen(app.ctx, { corpId: app.corpId, appId, openid, unionid: union })).identityId,
  )
}

const draft: WorkorderDraftInput = {
  type: 'repair',
  description: '排气温度高，已停机',
  contactName: '林悦',
  contactPhone: '138 1234 0017',
  location: {
    source: 'chosen',
    name: '恒进精密',
    address: '苏州工业园区星湖街 218 号',
    latitude: 31.26,
    longitude: 120.73,
    accuracy: 30,
  },
}
function submit(
  change: Partial<WorkorderDraftInput> = {},
  as = linyue,
  idempotencyKey: string = randomUUID(),
) {
  return app.call(submitWorkorder, { body: { ...draft, ...change }, idempotencyKey }, as)
}
async function photo(as: As): Promise<UploadedFile> {
  const form = new FormData()
  form.set(
    'file',
    new Blob([
      new Uint8Array(
        await sharp({ create: { width: 30, height: 20, channels: 3, background: 'blue' } })
          .jpeg()
          .toBuffer(),
      ),
    ]),
  )
  return (await (
    await app.fetch('/api/files', { method: 'POST', body: form }, as)
  ).json()) as UploadedFile
}
function timeline(person = linyuePerson) {
  return app.call(listMoments, { params: { id: person }, query: { limit: '100' } }, rep)
}

describe('a work order', () => {
  test('keeps everything that the customer gave, and begins its history', async () => {
    const { id: photoId } = await photo(linyue)
    const preferredAt = new Date(app.clock.now().getTime() + 86_400_000).toISOString()
    const order = await submit({ photoIds: [photoId], preferredAt, equipmentSn: 'lc-2024-0815' })
    expect(order).toMatchObject({
      ...{
        type: 'repair',
        status: 'submitted',
        description: '排气温度高，已停机',
        contactName: '林悦',
        contactPhone: '138 1234 0017',
        preferredAt,
      },
      ...{
        place: '恒进精密',
        equipment: { sn: 'LC-2024-0815', place: '一号空压站', verified: true },
        canCancel: true,
      },
      location: { source: 'chosen', latitude: 31.26, longitude: 120.73, accuracy: 30 },
      history: [{ status: 'submitted', by: 'visitor', note: '' }],
    })
    expect((await fetch(order.photos[0]?.url ?? '')).headers.get('content-type')).toBe('image/jpeg')
    expect(await app.call(getWorkorder, { params: { id: order.id } }, linyue)).toEqual(order)
  })

  test.each([
    [
      'measured, without an address',
      { source: 'measured', latitude: 31.26, longitude: 120.73 },
      null,
      31.26,
    ],
    [
      'typed, when the location is refused',
      { source: 'typed', address: '星湖街 218 号' },
      '星湖街 218 号',
      null,
    ],
  ] as const)('takes a place that was %s', async (_, location, place, latitude) => {
    expect(await submit({ location })).toMatchObject({
      place,
      location: { source: location.source, latitude },
    })
  })

  test.each([
    ['emoji', '😀🏭 漏油👨‍👩‍👧'],
    ['right-to-left text', 'الضاغط لا يعمل ‏(حار)'],
    ['rare characters and signs', '𠮷 <b>&amp;"\' %_\\ -- ; drop table'],
  ])('keeps %s as it was written, in every field', async (_, words) => {
    const location = { source: 'typed', name: words, address: words } as const
    const order = await submit({ description: words, contactName: words, location })
    expect(order).toMatchObject({ description: words, contactName: words, place: words, location })
    await app.call(cancelWorkorder, { params: { id: order.id }, body: { reason: words } }, linyue)
    expect(
      (await app.call(getWorkorder, { params: { id: order.id } }, linyue)).history[1],
    ).toMatchObject({ note: words })
  })

  test.each([
    [
      'a photo that does not exist',
      { photoIds: ['0193a3c4-0000-7000-8000-000000000001'] },
      'file_unknown',
    ],
    ['a time in the past', { preferredAt: '2020-01-01T00:00:00.000Z' }, 'invalid_request'],
    ['a phone number that is none', { contactPhone: 'call me' }, 'invalid_request'],
    ['an empty description', { description: '  ' }, 'invalid_request'],
    [
      'a place outside the world',
      { location: { source: 'measured', latitude: 91, longitude: 0 } },
      'invalid_request',
    ],
    ['text that cannot be stored', { description: 'a\u0000b' }, 'invalid_request'],
  ] satisfies [string, Partial<WorkorderDraftInput>, string][])(
    'is refused with %s',
    async (_, change, code) => {
      await expect(submit(change)).rejects.toMatchObject({ code })
    },
  )

  test.each([
    ['type', { type: 'party' as never }],
    ['description', { description: '' }],
    ['contactPhone', { contactPhone: '13812340017 13912340018' }],
    ['photoIds.1', { photoIds: ['0193a3c4-0000-7000-8000-000000000001', 'x'] }],
    ['preferredAt', { preferredAt: '2026-02-30T00:00:00.000Z' }],
    ['equipmentSn', { equipmentSn: 'x'.repeat(65) }],
    ['location.source', { location: { source: 'guessed' } as never }],
    ['location.longitude', { location: { source: 'measured', latitude: 31, longitude: 181 } }],
    ['location.latitude', { location: { source: 'measured', longitude: 121 } as never }],
    ['location.address', { location: { source: 'typed', address: 'x'.repeat(201) } }],
    ['location.address', { location: { source: 'chosen', latitude: 31, longitude: 121 } }],
    ['urgency', { urgency: 'high' } as never],
  ] satisfies [string, Partial<WorkorderDraftInput>][])(
    'that is wrong in %s is refused by the name of that field',
    async (field, change) => {
      await expect(submit(change)).rejects.toMatchObject({
        code: 'invalid_request',
        detail: expect.stringContaining(`${field}: `) as string,
        errors: [{ field, message: expect.stringMatching(/\w+ \w+/) as string }],
      })
    },
  )

  const at = { source: 'measured', latitude: 31.26, longitude: 120.73 } as const
  test.each([
    ['an accuracy of -1', { ...at, accuracy: -1 }, { accuracy: null }],
    ['no accuracy (NaN in JSON)', { ...at, accuracy: null as never }, { accuracy: null }],
    ['an accuracy of 65550 m', { ...at, accuracy: 65_550 }, { accuracy: 65_550 }],
    ['an accuracy beyond the earth', { ...at, accuracy: 1e9 }, { accuracy: null }],
    [
      'altitude, speed and what else a phone tells',
      { ...at, altitude: -1, speed: null, verticalAccuracy: NaN, isHighAccuracy: true } as never,
      { latitude: 31.26, accuracy: null },
    ],
    [
      'degrees as texts',
      { ...at, latitude: '31.26', longitude: ' 120.73' },
      { latitude: 31.26, longitude: 120.73 },
    ],
    [
      'a name of 130 characters',
      { ...at, name: `${'长'.repeat(99)}😀${'长'.repeat(29)}`, address: '一号门' },
      { name: '长'.repeat(99), address: '一号门' },
    ],
    ['a name that is no text', { ...at, name: 7 as never }, { name: '', address: '' }],
    ['a name with half an emoji', { ...at, name: '东门\ud83d\u0000' }, { name: '东门' }],
    [
      'a name that repeats the address',
      { ...at, source: 'chosen', name: '星湖街 218 号', address: '星湖街 218 号' },
      { name: '', address: '星湖街 218 号' },
    ],
    [
      'a name and no address',
      { ...at, source: 'chosen', name: '恒进精密', address: '' },
      { name: '', address: '恒进精密' },
    ],
    [
      'coordinates of a place that was typed',
      { ...at, source: 'typed', address: '一号门' } as never,
      { source: 'typed', latitude: null, longitude: null },
    ],
  ] satisfies [string, WorkorderDraftInput['location'], object][])(
    'is taken although its place has %s',
    async (_, location, kept) => {
      expect((await submit({ location })).location).toMatchObject(kept)
    },
  )

  test.each(['0193a3c4-0000-7000-8000-000000000001', 'not an id', 7 as never])(
    'is taken although nobody knows its share (%s)',
    async (shareId) => {
      const { id } = await submit({ shareId })
      const moments = (await timeline()).items.filter(({ workorder }) => workorder?.id === id)
      expect(moments).toMatchObject([{ share: null }])
    },
  )

  test('keeps the phone number as it was typed, in characters that one can see and dial', async () => {
    const contactPhone = '\u202a（０５７１）8888\u200b 8888 转 12\u202c'
    expect(await submit({ contactPhone })).toMatchObject({
      contactPhone: '(0571)8888 8888 转 12',
    })
    expect(await submit({ contactPhone: '+86 138‑1234‑0017' })).toMatchObject({
      contactPhone: '+86 138-1234-0017',
    })
  })

  test('with a serial number that nobody knows is taken and marked unverified, until the machine is known', async () => {
    const known = await submit({ equipmentSn: 'LC-2024-0815' })
    const order = await submit({ equipmentSn: 'OTHER-77 乙' })
    expect(order.equipment).toEqual({
      id: null,
      sn: 'OTHER-77 乙',
      model: null,
      place: null,
      verified: false,
    })
    const read = (as: As) => app.call(getWorkorder, { params: { id: order.id } }, as)
    expect((await read(rep)).equipment).toEqual(order.equipment)
    // Two of everything: another unknown number, and another corp's machine of the same number.
    await insertEquipment(app.db, [
      { id: randomUUID(), corpId: 'wwother00000', sn: 'OTHER-77乙', model: 'X', place: null },
    ])
    expect((await read(linyue)).equipment).toEqual(order.equipment)
    await insertEquipment(app.db, [
      { id: randomUUID(), corpId: app.corpId, sn: 'other-77乙', model: 'LC-7', place: null },
    ])
    expect((await read(rep)).equipment).toMatchObject({ model: 'LC-7', verified: true })
    expect(known.equipment?.id).not.toBe((await read(rep)).equipment?.id)
  })

  test('cannot show the photo of another visitor', async () => {
    const { id } = await photo(await visitor('oNeighbour'))
    await expect(submit({ photoIds: [id] })).rejects.toMatchObject({ code: 'file_unknown' })
  })

  test('keeps its photos for ever; one that waited too long in a draft is named', async () => {
    const [kept, first, late] = [await photo(linyue), await photo(linyue), await photo(linyue)]
    const { id } = await submit({ photoIds: [kept.id, first.id] })
    app.clock.advance(8 * 24 * 60 * 60_000)
    await once(app.ctx, forgetUnused)
    app.clock.advance(-8 * 24 * 60 * 60_000)
    await expect(submit({ photoIds: [kept.id, late.id] })).rejects.toMatchObject({
      code: 'file_unknown',
      errors: [{ field: 'photoIds.1' }],
    })
    const order = await app.call(getWorkorder, { params: { id } }, linyue)
    for (const { url } of order.photos) expect((await fetch(url)).status).toBe(200)
    expect(order.photos).toHaveLength(2)
  })
})

describe('submitting', () => {
  test('twice with one key makes one order, at the same instant too', async () => {
    const key = randomUUID()
    const orders = await Promise.all(Array.from({ length: 8 }, () => submit({}, linyue, key)))
    expect(new Set(orders.map(({ id }) => id)).size).toBe(1)
    expect(
      (await timeline()).items.filter(({ workorder }) => workorder?.id === orders[0]?.id),
    ).toHaveLength(1)
  })

  test('another body under the key is a conflict, also at the same instant', async () => {
    const key = randomUUID()
    const results = await Promise.allSettled([
      submit({}, linyue, key),
      submit({ description: '另一件事' }, linyue, key),
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(submit({ type: 'complaint' }, linyue, key)).rejects.toMatchObject({
      code: 'idempotency_conflict',
    })
  })

  test('the key of one visitor is not the key of another', async () => {
    const key = randomUUID()
    const [mine, theirs] = [
      await submit({}, linyue, key),
      await submit({}, await visitor('oOther'), key),
    ]
    expect(theirs.id).not.toBe(mine.id)
  })

  test('many at once get numbers without gaps or twins, also when some fail in between', async () => {
    const before = numberOf((await submit()).number)
    const orders = await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        submit(turn % 4 === 3 ? { photoIds: [randomUUID()] } : {}).catch(() => null),
      ),
    )
    const numbers = orders
      .flatMap((order) => (order ? numberOf(order.number) : []))
      .sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 15 }, (_, index) => before + index + 1))
    const today = dayOf(app.clock.now().getTime()).replaceAll('-', '')
    expect(orders[0]?.number).toMatch(new RegExp(`^WO-${today}-\\d{4}$`))
  })

  test('an order and its line on the timeline are made both or neither', async () => {
    const before = (await timeline()).items.length
    await app.db.$client.query('alter table moments add constraint broken check (false) not valid')
    await expect(submit()).rejects.toMatchObject({ code: 'internal' })
    await app.db.$client.query('alter table moments drop constraint broken')
    const orders = (await app.call(listWorkorders, { query: { limit: '50' } }, linyue)).items.length
    await submit()
    expect((await app.call(listWorkorders, { query: { limit: '50' } }, linyue)).items).toHaveLength(
      orders + 1,
    )
    expect((await timeline()).items).toHaveLength(before + 1)
  })

  function numberOf(text: string): number {
    return Number(text.split('-')[2])
  }
})

describe('an order on the rep’s side', () => {
  test('stands on the timeline of the contact and can be opened, but not withdrawn', async () => {
    const order = await submit({ description: '看得见' })
    const [moment] = (await timeline()).items
    expect(moment).toMatchObject({
      kind: 'workorder.submit',
      confirmed: true,
      workorder: { number: order.number, status: 'submitted', place: '恒进精密' },
    })
    expect(await app.call(getWorkorder, { params: { id: order.id } }, rep)).toMatchObject({
      description: '看得见',
      canCancel: false,
    })
    const { items } = await app.call(
      listWorkorders,
      { query: { person: linyuePerson, limit: '1' } },
      rep,
    )
    expect(items[0]?.id).toBe(order.id)
  })

  test('is nobody else’s business', async () => {
    const order = await submit()
    const stranger = app.member('LiWeidong')
    await expect(
      app.call(getWorkorder, { params: { id: order.id } }, stranger),
    ).rejects.toMatchObject({ code: 'workorder_unknown' })
    await expect(
      app.call(listWorkorders, { query: { person: linyuePerson } }, stranger),
    ).rejects.toMatchObject({
      code: 'contact_not_followed',
    })
    await expect(
      app.call(listWorkorders, { query: { person: randomUUID() } }, rep),
    ).rejects.toMatchObject({ code: 'person_unknown' })
    await expect(app.call(listWorkorders, { query: {} }, rep)).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  test('sent by somebody who came through a share to the contact is seen unconfirmed', async () => {
    const material = {
      corpId: app.corpId,
      title: '手册',
      summary: '',
      categoryId: null,
      cover: null,
      body: { kind: 'image', bytes: pixel },
    } as const
    const { id: materialId } = await publish(app.ctx, material)
    const body = { materialId, to: contact, entry: 'single_chat_tools' } as const
    const { share } = await app.call(createShare, { body, idempotencyKey: randomUUID() }, rep)
    const order = await submit({ shareId: share.id }, await visitor('oSomebody'))
    const [moment] = (await timeline()).items
    expect(moment).toMatchObject({
      confirmed: false,
      workorder: { id: order.id },
      share: { id: share.id, memberName: '周晓岚', contactName: '林悦' },
    })
    expect(await app.call(getWorkorder, { params: { id: order.id } }, rep)).toMatchObject({
      id: order.id,
    })
    await expect(
      app.call(getWorkorder, { params: { id: order.id } }, app.member('LiWeidong')),
    ).rejects.toMatchObject({
      code: 'workorder_unknown',
    })
  })

  test('sent through that share by somebody who is another contact is not the business of whoever follows the first', async () => {
    const [mine, theirs] = [
      await makeContact(app),
      await makeContact(app, { followers: ['HanXue'], unionid: 'oUnionOfTheReader' }),
    ]
    const share = await makeShare(app, { to: mine })
    const reader = await makeVisitor(app)
    const order = await submit({ shareId: share }, reader.as)
    const open = (userId: string) =>
      app.call(getWorkorder, { params: { id: order.id } }, app.member(userId))
    expect(await open('ZhouXiaolan')).toMatchObject({ id: order.id })
    await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId,
      openid: reader.openid,
      unionid: 'oUnionOfTheReader',
    })
    expect(await open('HanXue')).toMatchObject({ id: order.id })
    expect(theirs.personId).not.toBe(mine.personId)
    await expect(open('ZhouXiaolan')).rejects.toMatchObject({ code: 'workorder_unknown' })
  })

  const pixel = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  )
})

describe('a visitor', () => {
  test('sees its own orders, whichever way it came, and nobody else’s', async () => {
    const mine = await submit()
    const onTheWeb = await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId: 'wx90c3a7f1be2d5486',
      openid: 'oGzh4s8KfXq2Vw6RbT1yLd9NmJc0',
      unionid,
    })
    expect((await listed(app.visitor(onTheWeb.identityId)))[0]).toBe(mine.id)
    const stranger = await visitor('oStranger')
    expect(await listed(stranger)).toEqual([])
    await expect(
      app.call(getWorkorder, { params: { id: mine.id } }, stranger),
    ).rejects.toMatchObject({ code: 'workorder_unknown' })
    await expect(
      app.call(cancelWorkorder, { params: { id: mine.id }, body: {} }, stranger),
    ).rejects.toMatchObject({
      code: 'workorder_unknown',
    })
  })

  test('reads a long list page by page, and by status', async () => {
    const as = await visitor('oCollector')
    const made: string[] = []
    for (let turn = 0; turn < 5; turn += 1) made.unshift((await submit({}, as)).id)
    const first = await app.call(listWorkorders, { query: { limit: '3' } }, as)
    const rest = await app.call(
      listWorkorders,
      { query: { limit: '3', before: first.next ?? '' } },
      as,
    )
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(made)
    expect(rest.next).toBeNull()
    await app.call(cancelWorkorder, { params: { id: made[0] ?? '' }, body: {} }, as)
    expect(
      (await app.call(listWorkorders, { query: { status: 'cancelled' } }, as)).items.map(
        ({ id }) => id,
      ),
    ).toEqual(made.slice(0, 1))
  })

  test('withdraws an order once, with a reason that the rep sees on the timeline', async () => {
    const { id } = await submit()
    const withdraw = () =>
      app.call(cancelWorkorder, { params: { id }, body: { reason: '已修好' } }, linyue)
    const results = await Promise.allSettled([withdraw(), withdraw()])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(withdraw()).rejects.toMatchObject({ code: 'workorder_closed', status: 409 })
    const order = await app.call(getWorkorder, { params: { id } }, linyue)
    expect(order).toMatchObject({ status: 'cancelled', canCancel: false })
    expect(order.history.map(({ status, note }) => [status, note])).toEqual([
      ['submitted', ''],
      ['cancelled', '已修好'],
    ])
    const lines = (await timeline()).items.filter(({ workorder }) => workorder?.id === id)
    expect(lines.map(({ kind, workorder }) => [kind, workorder?.status])).toEqual([
      ['workorder.cancel', 'cancelled'],
      ['workorder.submit', 'cancelled'],
    ])
  })

  test('finds a machine by the number on its label, however it is typed', async () => {
    for (const sn of [
      'LC-2024-0815',
      'lc-2024-0815',
      ' LC - 2024 - 0815',
      'ＬＣ-2024-0815',
      'lc–2024—0815',
      'LC-2024-\u200b0815',
    ]) {
      expect(await app.call(findEquipment, { query: { sn } }, linyue)).toMatchObject({
        model: 'LC-75VPM',
        // as on the label
        sn: 'LC-2024-0815',
      })
    }
    // A second machine whose number differs in the place of a hyphen alone.
    const sn = 'Lc-20240-815'
    const second = { id: randomUUID(), corpId: app.corpId, sn, model: 'LC-37', place: null }
    await insertEquipment(app.db, [second])
    expect(await app.call(findEquipment, { query: { sn } }, linyue)).toMatchObject({
      model: 'LC-37',
      sn,
    })
    await expect(
      app.call(findEquipment, { query: { sn: 'LC-2024-081%' } }, linyue),
    ).rejects.toMatchObject({ code: 'equipment_unknown' })
  })

  test('a new day of numbers begins at midnight in Shanghai, wherever the server stands', async () => {
    const midnight = startOfDay(dayOf(app.clock.now().getTime()), 1)
    app.clock.advance(Date.parse(midnight) - 1000 - app.clock.now().getTime())
    linyue = await visitor('oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8', unionid)
    const late = (await submit()).number
    app.clock.advance(1000)
    const early = (await submit()).number
    expect(late).toContain(`WO-${dayOf(Date.parse(midnight) - 1).replaceAll('-', '')}-`)
    expect(early).toBe(`WO-${dayOf(midnight).replaceAll('-', '')}-0001`)
  })

  async function listed(as: As): Promise<string[]> {
    return (await app.call(listWorkorders, { query: {} }, as)).items.map(({ id }) => id)
  }
})
