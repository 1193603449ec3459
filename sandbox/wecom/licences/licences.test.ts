import { describe, expect, it } from 'vitest'
import { openProvider, type OpenedProvider } from '../../testing/open-provider.ts'
import { openSandbox, type OpenedSandbox } from '../../testing/open-sandbox.ts'

const duration = { months: 1, days: 0 }

async function open() {
  const sandbox = await openSandbox({ scene: 'customized-app' })
  const provider = await openProvider(sandbox)
  return {
    sandbox,
    provider,
    corpid: sandbox.env.WECOM_CORP_ID ?? '',
    call: (path: string, body: object) => provider.asProvider(path, body),
  }
}

async function useridOf(sandbox: OpenedSandbox, member: string): Promise<string> {
  const { open_userid_list } = await sandbox.wecom(
    'batch/userid_to_openuserid',
    {},
    { userid_list: [member] },
  )
  return String((open_userid_list as { open_userid: string }[])[0]?.open_userid)
}

/** Orders and pays; the codes. */
async function buy(
  provider: OpenedProvider,
  corpid: string,
  contact: number,
  base = 0,
  account_duration: object = duration,
): Promise<string[]> {
  const account_count = { base_count: base, external_contact_count: contact }
  const { order_id } = await provider.asProvider('license/create_new_order', {
    corpid,
    buyer_userid: 'wangwu',
    account_count,
    account_duration,
  })
  await provider.happen('licence.pay', { orderId: order_id })
  const { account_list } = await provider.asProvider('license/list_order_account', { order_id })
  return (account_list as { active_code: string }[]).map(({ active_code }) => active_code)
}

describe('an order', () => {
  it('has codes once it is paid, and is told of with license_pay_success', async () => {
    const { provider, corpid, call } = await open()
    const order = {
      corpid,
      buyer_userid: 'wangwu',
      account_count: { base_count: 2, external_contact_count: 1 },
      account_duration: { months: 2, days: 20 },
    }
    const { order_id } = await call('license/create_new_order', order)
    expect(await call('license/create_new_order', order)).toMatchObject({ errcode: 701032 })
    expect(await call('license/list_order_account', { order_id })).toMatchObject({
      account_list: [],
      has_more: 0,
    })
    expect(await call('license/get_order', { order_id })).toMatchObject({
      order: { order_type: 1, order_status: 0, corpid, account_duration: { months: 2, days: 20 } },
    })
    await provider.happen('licence.pay', { orderId: order_id })
    expect(await provider.pushed('provider', 'license_pay_success')).toEqual([
      expect.stringMatching(/<AuthCorpId><!\[CDATA\[wp.+<BuyerUserId><!\[CDATA\[wangwu]]>/),
    ])
    expect(await call('license/get_order', { order_id })).toMatchObject({
      order: { order_status: 1, pay_time: expect.any(Number) },
    })
    const first = await call('license/list_order_account', { order_id, limit: 2 })
    expect(first).toMatchObject({ account_list: [{ type: 1 }, { type: 1 }], has_more: 1 })
    expect(
      await call('license/list_order_account', { order_id, limit: 2, cursor: first.next_cursor }),
    ).toMatchObject({
      account_list: [{ type: 2 }],
      has_more: 0,
    })
    expect(await call('license/list_order', { corpid })).toMatchObject({
      order_list: [{ order_id, order_type: 1 }],
    })
    expect(await call('license/cancel_order', { corpid, order_id })).toMatchObject({
      errcode: 701084,
    })
    await provider.happen('licence.refund', { orderId: order_id })
    expect(await provider.pushed('provider', 'license_refund')).toEqual([
      expect.stringContaining('<OrderStatus>5</OrderStatus>'),
    ])
    expect(await call('license/list_order_account', { order_id })).toMatchObject({
      account_list: [],
    })
  })

  it('is refused without accounts, for less than a month or more than sixty, for a corp that installed nothing', async () => {
    const { sandbox, provider, corpid, call } = await open()
    const order = (more: object) =>
      call('license/create_new_order', {
        corpid,
        buyer_userid: 'w',
        account_count: { base_count: 1 },
        account_duration: duration,
        ...more,
      })
    expect(await order({ account_count: {} })).toMatchObject({ errcode: 40058 })
    expect(await order({ account_duration: { days: 30 } })).toMatchObject({ errcode: 40058 })
    expect(await order({ account_duration: { months: 60, days: 1 } })).toMatchObject({
      errcode: 40058,
    })
    expect(await order({ buyer_userid: '' })).toMatchObject({ errcode: 41009 })
    expect(await order({ corpid: 'ww7c1d4e0fa2b95836' })).toMatchObject({ errcode: 40013 })
    expect(await call('license/get_order', { order_id: 'x' })).toMatchObject({ errcode: 701005 })
    expect(await call('license/list_order', { corpid })).toMatchObject({ order_list: [] })
    const { order_id } = await order({})
    expect(await call('license/cancel_order', { corpid, order_id })).toMatchObject({ errcode: 0 })
    await sandbox.post('/_sandbox/reset', { scene: 'demo' })
    const { open_corpid } = await provider.asProvider('service/corpid_to_opencorpid', {
      corpid: 'ww7c1d4e0fa2b95836',
    })
    expect(await order({ corpid: open_corpid })).toMatchObject({ errcode: 701015 })
  })
})

describe('a code', () => {
  it('is given to a member once, and serves to a midnight 31 days later', async () => {
    const { sandbox, provider, corpid, call } = await open()
    const [code, other] = await buy(provider, corpid, 2)
    const userid = await useridOf(sandbox, 'HanXue')
    const info = () => call('license/get_active_info_by_code', { corpid, active_code: code })
    expect(await info()).toMatchObject({ active_info: { type: 2, status: 1 } })
    const activate = (more: object) =>
      call('license/active_account', { corpid, active_code: code, userid, ...more })
    expect(await activate({ userid: 'HanXue' })).toMatchObject({ errcode: 701019 })
    expect(await activate({ userid: await providerIdOfLi(provider, sandbox) })).toMatchObject({
      errcode: 701088,
    })
    expect(await activate({ active_code: 'x' })).toMatchObject({ errcode: 701021 })
    expect(await activate({})).toMatchObject({ errcode: 0 })
    const { active_info } = (await info()) as {
      active_info: { status: number; userid: string; active_time: number; expire_time: number }
    }
    expect(active_info).toMatchObject({ status: 2, userid })
    expect((active_info.expire_time + 8 * 3600) % 86_400).toBe(0)
    const days = (active_info.expire_time - active_info.active_time) / 86_400
    expect(days).toBeGreaterThan(30)
    expect(days).toBeLessThanOrEqual(31)
    expect(await activate({})).toMatchObject({ errcode: 701003 })
    expect(await activate({ active_code: other })).toMatchObject({ errcode: 701082 })
    expect(await call('license/get_active_info_by_user', { corpid, userid })).toMatchObject({
      active_status: 1,
      active_info_list: [{ active_code: code, type: 2 }],
    })
    expect(await call('license/list_actived_account', { corpid })).toMatchObject({
      account_list: [{ userid, type: 2 }],
      has_more: 0,
    })
    expect(
      await call('license/batch_get_active_info_by_code', {
        corpid,
        active_code_list: [code, 'x'],
      }),
    ).toMatchObject({
      active_info_list: [{ active_code: code }],
      invalid_active_code_list: ['x'],
    })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 31 * 86_400 })
    expect(await info()).toMatchObject({ active_info: { status: 3 } })
    expect(await call('license/get_active_info_by_user', { corpid, userid })).toMatchObject({
      active_status: 0,
    })
  })

  it('takes over what is left of the old one in its last twenty days, up to five years', async () => {
    const { sandbox, provider, corpid, call } = await open()
    const userid = await useridOf(sandbox, 'HanXue')
    const [first, second] = await buy(provider, corpid, 2)
    const [long] = await buy(provider, corpid, 1, 0, { months: 60, days: 0 })
    await call('license/active_account', { corpid, active_code: first, userid })
    const expiry = async (code: string | undefined) =>
      (
        (await call('license/get_active_info_by_code', { corpid, active_code: code }))
          .active_info as { expire_time: number }
      ).expire_time
    const end = await expiry(first)
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 12 * 86_400 })
    expect(
      await call('license/active_account', { corpid, active_code: long, userid }),
    ).toMatchObject({ errcode: 701030 })
    expect(
      await call('license/active_account', { corpid, active_code: second, userid }),
    ).toMatchObject({ errcode: 0 })
    expect((await expiry(second)) - end).toBe(31 * 86_400)
    expect(
      await call('license/get_active_info_by_code', { corpid, active_code: first }),
    ).toMatchObject({
      active_info: { status: 5, merge_info: { to_active_code: second } },
    })
  })

  it('is the kind’s that was made first, by active_account_by_type, to who has none of the kind', async () => {
    const { sandbox, provider, corpid, call } = await open()
    const [, , first, second] = await buy(provider, corpid, 2, 2)
    const [han, zhou] = [await useridOf(sandbox, 'HanXue'), await useridOf(sandbox, 'ZhouXiaolan')]
    const activate = (more: object) =>
      call('license/active_account_by_type', { corpid, userid: han, type: 2, ...more })
    expect(await activate({ type: 3 })).toMatchObject({ errcode: 701006 })
    expect(await activate({ userid: 'HanXue' })).toMatchObject({ errcode: 701019 })
    expect(await activate({})).toEqual({ errcode: 0, errmsg: 'ok' })
    expect(await activate({})).toMatchObject({ errcode: 701011 })
    expect(await activate({ userid: zhou })).toMatchObject({ errcode: 0 })
    const holder = async (code: string | undefined) =>
      (await call('license/get_active_info_by_code', { corpid, active_code: code })).active_info
    expect(await holder(first)).toMatchObject({ userid: han, type: 2 })
    expect(await holder(second)).toMatchObject({ userid: zhou, type: 2 })
    // Of the other kind 韩雪 has none; once the one she has runs out, she may get another.
    expect(await activate({ type: 1 })).toMatchObject({ errcode: 0 })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 32 * 86_400 })
    expect(await activate({})).toMatchObject({ errcode: 701021 })
    await buy(provider, corpid, 1)
    expect(await activate({})).toMatchObject({ errcode: 0 })
  })

  it('is given to many at once', async () => {
    const { sandbox, provider, corpid, call } = await open()
    const [base, contact] = await buy(provider, corpid, 1, 1)
    const userid = await useridOf(sandbox, 'HanXue')
    // A kind does not stand for a code here.
    expect(await call('license/active_account', { corpid, userid, type: 1 })).toMatchObject({
      errcode: 701021,
    })
    expect(
      await call('license/active_account', { corpid, userid, active_code: base }),
    ).toMatchObject({ errcode: 0 })
    const zhou = await useridOf(sandbox, 'ZhouXiaolan')
    const batch = (active_list: object[]) =>
      call('license/batch_active_account', { corpid, active_list })
    const result = await batch([
      { active_code: base, userid: zhou },
      { active_code: contact, userid: zhou },
    ])
    expect(result).toMatchObject({
      errcode: 0,
      active_result: [
        { active_code: base, errcode: 701003 },
        { active_code: contact, errcode: 0 },
      ],
    })
    expect(await batch([])).toMatchObject({ errcode: 701025 })
    expect(
      await batch([
        { active_code: 'x', userid: zhou },
        { active_code: 'x', userid },
      ]),
    ).toMatchObject({ errcode: 701023 })
    expect(await batch([{ active_code: 'x', userid: zhou }])).toMatchObject({ errcode: 701024 })
    expect(
      await batch(
        Array.from({ length: 1001 }, (_, index) => ({ active_code: `c${index}`, userid })),
      ),
    ).toMatchObject({
      errcode: 701026,
    })
  })
})

/** The id of a member outside the range: shown while he is in it. */
async function providerIdOfLi(provider: OpenedProvider, sandbox: OpenedSandbox): Promise<string> {
  await provider.happen('install.change', { members: ['ZhouXiaolan', 'HanXue', 'LiWeidong'] })
  const id = await useridOf(sandbox, 'LiWeidong')
  await provider.happen('install.change', { members: ['ZhouXiaolan', 'HanXue'] })
  return id
}
