import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getContact } from '../../../shared/contract/contacts.ts'
import { answerQuestion, listQuestions, verifyPhone } from '../../../shared/contract/identity.ts'
import { makeShare } from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { readShare } from '../../testing/persons/whole-person.ts'
import { shownIdentities, personOf, type Seen, visitorSeen } from '../index.ts'
import { proveNumber } from './numbers.ts'
import { nationalNumber } from '../../base/phone-number.ts'
import { identities, identityEvidence, identityQuestions, merges } from '../tables.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 3_000 })
})
afterAll(() => app.stop())
beforeEach(async () => {
  await app.sandbox?.door('DELETE', 'faults')
  for (const table of [identityEvidence, identityQuestions, merges, identities])
    await app.db.delete(table)
})

const miniprogram = 'wx5e1f8c27d90b643a'
const path = '/wxa/business/getuserphonenumber'
// From the sandbox's scene: a member has noted 13812340017 for 林悦, and nobody has noted a number
// for 赵一鸣.
const linyue = {
  customerId: 'linyue',
  openid: 'oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8',
  externalUserId: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg',
}
const zhao = { customerId: 'zhaoyiming', openid: 'oMp7H5s2XvTb8Kf5NqZ1jYm3RdL7' }

async function agree({ customerId }: { customerId: string }): Promise<string> {
  return (
    (await app.sandbox?.door('POST', 'happenings/miniprogram.phone', { customerId })) as {
      code: string
    }
  ).code
}
function visit(openid: string, unionid?: string) {
  return visitorSeen(app.ctx, { corpId: app.corpId, appId: miniprogram, openid, unionid })
}
function verify(identityId: string, code: string) {
  return app.call(verifyPhone, { body: { code } }, app.visitor(identityId))
}
const rep = () => app.member('ZhouXiaolan')

/** Makes a visitor of another mini program of the corp who proved a number before. */
async function earlier(value: string, unionid?: string) {
  const openid = `oEarlier${app.ctx.random.token(9)}`
  const appId = 'wx0the0other0app00'
  const seen = await visitorSeen(app.ctx, { corpId: app.corpId, appId, openid, unionid })
  await proveNumber(app.ctx, { corpId: app.corpId, identityId: seen.identityId }, value)
  return seen
}

describe('a visitor who lets WeChat tell the number', () => {
  test('gets it for the form, and it is kept as theirs, with its country', async () => {
    const visitor = await visit(linyue.openid)
    expect(await verify(visitor.identityId, await agree(linyue))).toEqual({
      phone: '13812340017',
      masked: '138****0017',
    })
    const rows = await app.db.select().from(identities)
    expect(rows.find(({ kind }) => kind === 'phone')).toMatchObject({
      value: '8613812340017',
      scope: visitor.identityId,
      personId: visitor.personId,
    })
    expect(await shownIdentities(app.ctx, visitor.personId)).toContainEqual(
      expect.objectContaining({
        kind: 'phone',
        label: '138****0017',
        scope: '',
        joinedBy: 'verified_phone',
      }),
    )
  })

  test('again changes nothing and is written down once', async () => {
    const visitor = await visit(linyue.openid)
    for (let times = 0; times < 3; times += 1) await verify(visitor.identityId, await agree(linyue))
    expect(await app.db.select().from(identityEvidence)).toMatchObject([
      { kind: 'verified_phone', outcome: 'joined' },
    ])
  })

  test('is the one who proved the same number in another app', async () => {
    const before = await earlier('8613812340017')
    const visitor = await visit(linyue.openid)
    await verify(visitor.identityId, await agree(linyue))
    expect(await personOf(app.ctx, visitor.identityId)).toBe(before.personId)
    expect((await app.db.select().from(merges))[0]?.evidence).toMatchObject({
      by: 'verified_phone',
    })
  })

  test('is not the one who proved the same number in the same app, and neither reads the other', async () => {
    const husband = await visit(`oHusband${app.ctx.random.token(9)}`)
    await proveNumber(app.ctx, { corpId: app.corpId, ...husband }, '8613812340017')
    const visitor = await visit(linyue.openid)
    await verify(visitor.identityId, await agree(linyue))
    expect(await personOf(app.ctx, visitor.identityId)).not.toBe(husband.personId)
    expect(await app.db.select().from(identityQuestions)).toMatchObject([
      { kind: 'verified_phone', reason: 'two_accounts', state: 'open' },
    ])
  })

  test('is asked about when the same number belongs to another unionid: a phone that two people share', async () => {
    const before = await earlier('8613812340017', 'oUnionOfTheFirst0000000')
    const visitor = await visit(linyue.openid, 'oUnionOfTheSecond000000')
    await verify(visitor.identityId, await agree(linyue))
    expect(await personOf(app.ctx, visitor.identityId)).not.toBe(before.personId)
    expect(await app.db.select().from(identityQuestions)).toMatchObject([
      { kind: 'verified_phone', reason: 'two_unionids', state: 'open' },
    ])
  })

  test.each([
    [
      'was used',
      async () => {
        const code = await agree(linyue)
        await verify((await visit(linyue.openid)).identityId, code)
        return code
      },
    ],
    ['never was', async () => Promise.resolve('no-such-code')],
    [
      'is older than five minutes',
      async () => {
        const code = await agree(linyue)
        await app.sandbox?.door('POST', 'clock', { advanceSeconds: 301 })
        return code
      },
    ],
    ['was given to somebody else', () => agree(zhao)],
  ])('with a code that %s is told to try again', async (_what, code) => {
    const visitor = await visit(linyue.openid)
    await expect(verify(visitor.identityId, await code())).rejects.toMatchObject({
      code: 'phone_code_invalid',
      status: 422,
    })
  })

  test('is told in WeChat’s words when the quota of numbers is used up', async () => {
    const visitor = await visit(linyue.openid)
    await app.sandbox?.door('POST', 'faults', { path, times: 1, errcode: 1400001 })
    await expect(verify(visitor.identityId, await agree(linyue))).rejects.toMatchObject({
      platform: { errcode: 1400001 },
    })
  })

  test('of the H5 site has no such button', async () => {
    const fan = await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId: 'wx90c3a7f1be2d5486',
      openid: 'oFan000000000000000',
    })
    await expect(verify(fan.identityId, 'any')).rejects.toMatchObject({ code: 'app_unknown' })
  })

  test('is served although WeChat ended the token early', async () => {
    const visitor = await visit(linyue.openid)
    await verify(visitor.identityId, await agree(linyue))
    await app.sandbox?.door('POST', 'tokens/revoke', { service: 'wechat' })
    expect(await verify(visitor.identityId, await agree(linyue))).toMatchObject({
      phone: '13812340017',
    })
  })
})

describe('a number that a rep noted with a contact', () => {
  const show = () =>
    app.call(getContact, { params: { externalUserId: linyue.externalUserId } }, rep())
  /** The visitor opens what a rep pushed to the contact, so that the rep sees somebody there. */
  async function readPush({ identityId }: Seen): Promise<void> {
    const { identities: shown } = await show()
    const target = shown.find(({ kind }) => kind === 'external_userid')
    const share = await makeShare(app, { to: { identityId: target?.id ?? '', personId: '' } })
    await readShare(app, app.visitor(identityId), share)
  }

  test('and that a visitor has proved is a question, no proof; answered “same”, they are one', async () => {
    const visitor = await visit(linyue.openid)
    await verify(visitor.identityId, await agree(linyue))
    const { personId } = await show()
    await show()
    expect(personId).not.toBe(visitor.personId)
    const asked = () => app.call(listQuestions, { params: { id: personId } }, rep())
    // Whoever typed the number has not seen the visitor anywhere.
    expect((await asked()).items).toEqual([])
    await readPush(visitor)
    const { items } = await app.call(listQuestions, { params: { id: personId } }, rep())
    expect(items).toMatchObject([
      {
        kind: 'noted_phone',
        reason: 'noted',
        one: { kind: 'external_userid', name: '林悦' },
        other: { kind: 'phone', label: '138****0017' },
      },
    ])
    await app.call(
      answerQuestion,
      { params: { id: items[0]?.id ?? '' }, body: { answer: 'same' } },
      rep(),
    )
    expect(await personOf(app.ctx, visitor.identityId)).toBe(personId)
  })

  test('but that was answered “different” is not asked about again', async () => {
    const visitor = await visit(linyue.openid)
    await verify(visitor.identityId, await agree(linyue))
    const { personId } = await show()
    await readPush(visitor)
    const [question] = (await app.call(listQuestions, { params: { id: personId } }, rep())).items
    await app.call(
      answerQuestion,
      { params: { id: question?.id ?? '' }, body: { answer: 'different' } },
      rep(),
    )
    await show()
    expect((await app.call(listQuestions, { params: { id: personId } }, rep())).items).toEqual([])
    expect(await personOf(app.ctx, visitor.identityId)).toBe(visitor.personId)
  })
})

test('a number is shown as people write it', () => {
  expect(nationalNumber('8613812340017')).toBe('13812340017')
  expect(nationalNumber('14155550100')).toBe('+14155550100')
  expect(nationalNumber('862162345678')).toBe('+862162345678')
})
