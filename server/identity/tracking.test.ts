import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chooseTracking, getPrivacy, privacyTextVersion } from '../../shared/contract/privacy.ts'
import { makeContact, makeShare, makeVisitor, type TestVisitor } from '../testing/factories.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import { clickMenu } from '../testing/persons/whole-person.ts'
import { personOf, visitorSeen } from './index.ts'
import { join, settling } from './merge/merge.ts'

let app: TestApp
let share: string

beforeAll(async () => {
  app = await makeTestApp()
  share = await makeShare(app)
})
afterAll(() => app.stop())

const miniProgram = 'wx5e1f8c27d90b643a'
const webApp = 'wx90c3a7f1be2d5486'
let made = 0
function newUnionid(): string {
  made += 1
  return `oUnionRefusal${String(made).padStart(6, '0')}`
}

function choose({ as }: TestVisitor, agreed: boolean) {
  const body = { agreed, textVersion: privacyTextVersion, locale: 'zh-CN' } as const
  return app.call(chooseTracking, { body }, as)
}

/** What the page says, and what happens to an event. The two must agree. */
async function isTracked({ as }: TestVisitor): Promise<boolean> {
  const { accepted } = await clickMenu(app, as, share)
  expect(await app.call(getPrivacy, {}, as)).toMatchObject({ tracking: accepted === 1 })
  return accepted === 1
}

async function joinByHand(one: TestVisitor, other: TestVisitor): Promise<void> {
  await settling(app.db, (tx) => join(app.ctx, tx, [one.identityId, other.identityId], 'by_hand'))
  await expectOnePerson(one, other)
}

async function prove({ openid }: TestVisitor, unionid: string, appId: string): Promise<void> {
  await visitorSeen(app.ctx, { corpId: app.corpId, appId, openid, unionid })
}

async function expectOnePerson(one: TestVisitor, other: TestVisitor): Promise<void> {
  expect(await personOf(app.ctx, one.identityId)).toBe(await personOf(app.ctx, other.identityId))
}

/** Two accounts of one human, in two apps. Only the first has a unionid yet. */
async function twoDevices(unionid: string): Promise<[TestVisitor, TestVisitor]> {
  const phone = await makeVisitor(app, { unionid })
  const openid = `oWeb${unionid}`
  const web = await visitorSeen(app.ctx, { corpId: app.corpId, appId: webApp, openid })
  return [phone, { ...web, openid, as: app.visitor(web.identityId) }]
}

describe('a visitor who said no', () => {
  test('silences nobody whom a member joins with them, before or after, and nobody unsays it', async () => {
    for (const order of ['before', 'after'] as const) {
      const [one, other] = [await makeVisitor(app), await makeVisitor(app)]
      if (order === 'before') await choose(one, false)
      await joinByHand(one, other)
      if (order === 'after') await choose(one, false)
      expect([await isTracked(one), await isTracked(other)], order).toEqual([false, true])
      await choose(other, true)
      expect([await isTracked(one), await isTracked(other)], order).toEqual([false, true])
      await choose(other, false)
      await choose(one, true)
      expect([await isTracked(one), await isTracked(other)], order).toEqual([true, false])
    }
  })

  test('has said it for every account that the own unionid joins later', async () => {
    for (const refuses of [0, 1] as const) {
      const unionid = newUnionid()
      const pair = await twoDevices(unionid)
      await choose(pair[refuses], false)
      await prove(pair[1], unionid, webApp)
      await expectOnePerson(...pair)
      expect([await isTracked(pair[0]), await isTracked(pair[1])]).toEqual([false, false])
      await choose(pair[0], true)
      expect([await isTracked(pair[0]), await isTracked(pair[1])]).toEqual([true, true])
    }
  })

  test('has said it for an account that a member had joined, once the own unionid proves it', async () => {
    const unionid = newUnionid()
    const [phone, web] = await twoDevices(unionid)
    await joinByHand(phone, web)
    await choose(web, false)
    expect([await isTracked(phone), await isTracked(web)]).toEqual([true, false])
    for (const visit of ['first', 'second']) {
      await prove(web, unionid, webApp)
      expect([await isTracked(phone), await isTracked(web)], visit).toEqual([false, false])
    }
  })

  test('at the instant at which the other account is joined has said it for both', async () => {
    for (let round = 0; round < 8; round += 1) {
      const unionid = newUnionid()
      await makeContact(app, { unionid })
      const [one, other] = [await makeVisitor(app), await makeVisitor(app, { unionid })]
      await Promise.all([choose(other, false), prove(one, unionid, miniProgram)])
      await expectOnePerson(one, other)
      expect([await isTracked(one), await isTracked(other)]).toEqual([false, false])
    }
  })
})
