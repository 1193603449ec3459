import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getCard, putCard } from '../../../shared/contract/cards.ts'
import { forwardShare, openShare } from '../../../shared/contract/materials.ts'
import { makeShare, makeVisitor, type TestVisitor } from '../../testing/factories.ts'
import { callsTo } from '../../testing/sandbox.ts'
import { type As, makeTestApp, type TestApp } from '../../testing/test-app.ts'

let app: TestApp
let rep: As
let colleague: As
let reader: TestVisitor

const wayPath = '/cgi-bin/externalcontact/add_contact_way'

beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 3_000 })
  rep = app.member('ZhouXiaolan')
  colleague = app.member('HanXue')
  reader = await makeVisitor(app)
})
afterAll(() => app.stop())
beforeEach(() => app.sandbox?.door('DELETE', 'faults'))

const asked = () => callsTo(app, wayPath)

async function seen(shareId: string, as = reader.as) {
  return (await app.call(openShare, { params: { id: shareId } }, as)).share
}

describe('the card under a material', () => {
  test('names the rep with the title that the corp shows; number and code only when the rep gave them', async () => {
    const share = await makeShare(app)
    expect((await seen(share)).rep).toEqual({
      name: '周晓岚',
      title: '销售工程师',
      avatarUrl: null,
      phone: null,
      addCodeUrl: null,
    })
    const card = { phone: '0512-6288 1234', addable: true }
    const own = await app.call(putCard, { body: card }, rep)
    expect(own).toMatchObject({ name: '周晓岚', phone: '0512-6288 1234' })
    expect(own.addCodeUrl).toMatch(/^https?:/)
    expect((await seen(share)).rep).toEqual(own)
    expect(await app.call(getCard, {}, rep)).toEqual(own)
  })

  test('is each rep’s own, and stays the first rep’s however often the material is handed on', async () => {
    await app.call(putCard, { body: { phone: '13900000001', addable: false } }, rep)
    await app.call(putCard, { body: { phone: '13900000002', addable: false } }, colleague)
    const [mine, theirs] = [await makeShare(app), await makeShare(app, { memberUserId: 'HanXue' })]
    expect((await seen(mine)).rep).toMatchObject({ name: '周晓岚', phone: '13900000001' })
    expect((await seen(theirs)).rep).toMatchObject({ name: '韩雪', phone: '13900000002' })
    const child = app.ctx.random.id()
    await app.call(forwardShare, { params: { id: mine }, body: { id: child } }, reader.as)
    const friend = await makeVisitor(app)
    expect(await seen(child, friend.as)).toMatchObject({
      forwards: 1,
      rep: { name: '周晓岚', phone: '13900000001' },
    })
  })

  test('stands under no push that was withdrawn', async () => {
    const share = await makeShare(app)
    for (const state of ['cancelled', 'failed']) {
      await app.db.$client.query('update shares set state = $2 where id = $1', [share, state])
      expect(await seen(share)).toMatchObject({ memberName: null, rep: null })
    }
  })

  test('takes the code away at once when the rep does not want to be added, and asks WeCom for one code only', async () => {
    const share = await makeShare(app, { memberUserId: 'HanXue' })
    const before = await asked()
    const choose = (addable: boolean) =>
      app.call(putCard, { body: { phone: null, addable } }, colleague)
    const { addCodeUrl } = await choose(true)
    expect(addCodeUrl).not.toBeNull()
    await choose(false)
    expect((await seen(share)).rep).toMatchObject({ phone: null, addCodeUrl: null })
    expect((await choose(true)).addCodeUrl).toBe(addCodeUrl)
    expect(await asked()).toBe(before + 1)
  })

  test('says why WeCom gives no code, and changes nothing then', async () => {
    const stranger = app.member('LiuYang')
    await app.call(putCard, { body: { phone: '13900000003', addable: false } }, stranger)
    await app.sandbox?.door('POST', 'faults', { path: wayPath, errcode: 48002, times: 1 })
    await expect(
      app.call(putCard, { body: { phone: null, addable: true } }, stranger),
    ).rejects.toMatchObject({ code: 'platform_refused', platform: { errcode: 48002 } })
    expect(await app.call(getCard, {}, stranger)).toMatchObject({
      phone: '13900000003',
      addCodeUrl: null,
    })
  })

  test.each(['call me', '12', 'javascript:alert(1)', '1'.repeat(30)])(
    'refuses «%s» as a number and names the field',
    async (phone) => {
      await expect(
        app.call(putCard, { body: { phone, addable: false } }, rep),
      ).rejects.toMatchObject({ code: 'invalid_request', errors: [{ field: 'phone' }] })
    },
  )
})
