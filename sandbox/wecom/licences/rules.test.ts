import { describe, expect, it } from 'vitest'
import { openProvider } from '../../testing/open-provider.ts'
import { openSandbox } from '../../testing/open-sandbox.ts'
import type { SceneName } from '../../api.ts'

async function open(scene: SceneName) {
  const sandbox = await openSandbox({ scene })
  const provider = await openProvider(sandbox)
  const corpid = sandbox.env.WECOM_CORP_ID ?? ''
  const call = (path: string, body: object) => provider.asProvider(path, { corpid, ...body })
  const useridOf = async (member: string) => {
    const { open_userid_list } = await sandbox.wecom(
      'batch/userid_to_openuserid',
      {},
      { userid_list: [member] },
    )
    return String((open_userid_list as { open_userid: string }[])[0]?.open_userid)
  }
  const buy = async (count: number) => {
    const account_count = { external_contact_count: count }
    const { order_id } = await call('license/create_new_order', {
      buyer_userid: 'w',
      account_count,
      account_duration: { months: 3 },
    })
    await provider.happen('licence.pay', { orderId: order_id })
  }
  /** A member opens the app; where the authorize page sends them, or what it says. */
  const enter = async (userId: string, more: object = {}) => {
    const { id } = await sandbox.webview({
      device: 'wecom',
      userId,
      url: '/sidebar/',
      entry: 'normal',
    })
    const query = {
      appid: corpid,
      redirect_uri: `${sandbox.webviewOrigin}/back`,
      response_type: 'code',
      scope: 'snsapi_base',
      state: 's',
      ...more,
    }
    return sandbox.post('/open/_code', { webview: id, query: `?${new URLSearchParams(query)}` })
  }
  return {
    sandbox,
    provider,
    call,
    useridOf,
    buy,
    enter,
    agentid: sandbox.env.WECOM_AGENT_ID ?? '',
  }
}

const page = {
  error: '请联系服务商开通许可账号',
  note: expect.stringContaining('没有“营销助手（代开发）”的有效接口许可'),
}
const inside = { redirect: expect.stringContaining('code=') }

describe('without a licence', () => {
  it('nobody signs in once the trial of ninety days is over, and the app hears unlicensed_notify', async () => {
    const { sandbox, provider, call, enter, agentid } = await open('customized-app')
    const info = await call('license/get_app_license_info', { suite_id: provider.template.id })
    const { start_time, end_time } = info.trail_info as { start_time: number; end_time: number }
    expect(end_time - start_time).toBe(90 * 86_400)
    expect(await call('license/get_app_license_info', { suite_id: 'dkother' })).toMatchObject({
      errcode: 40083,
    })
    expect(await enter('HanXue', { agentid })).toEqual(inside)
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 90 * 86_400 })
    expect(await enter('HanXue', { agentid })).toEqual(page)
    expect(await enter('LiWeidong', { agentid })).toEqual(page)
    const told = await provider.pushed(`app:ww7c1d4e0fa2b95836/${agentid}`, 'unlicensed_notify')
    // Of who is outside the visible range nothing is told.
    expect(told).toEqual([
      expect.stringMatching(/<FromUserName><!\[CDATA\[wo\w{30}]]>.+<AgentID>\d+<\/AgentID><\/xml>/),
    ])
    await sandbox.post('/_sandbox/reset', { scene: 'demo' })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 120 * 86_400 })
    expect(await enter('HanXue', { appid: 'ww7c1d4e0fa2b95836' })).toEqual(inside)
  })

  it('a second install starts no second trial', async () => {
    const { sandbox, provider, call, agentid } = await open('customized-app')
    const before = await call('license/get_app_license_info', { suite_id: provider.template.id })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 86_400 })
    await provider.happen('install.cancel', { agentId: agentid })
    await provider.install()
    expect(
      (await call('license/get_app_license_info', { suite_id: provider.template.id })).trail_info,
    ).toEqual(before.trail_info)
  })

  it('one member signs in, one whose account ran out and one who never had one do not', async () => {
    const { provider, enter, call, useridOf } = await open('lapsed-licence')
    expect(await enter('ZhouXiaolan')).toEqual(inside)
    expect(await enter('HanXue')).toEqual(page)
    expect(await enter('LiWeidong')).toEqual(page)
    expect(await provider.happen('app.miniprogram-login', { memberId: 'HanXue' })).toEqual({
      error: page.error,
    })
    const statusOf = async (member: string) =>
      call('license/get_active_info_by_user', { userid: await useridOf(member) })
    expect(await statusOf('ZhouXiaolan')).toMatchObject({ active_status: 1 })
    expect(await statusOf('HanXue')).toMatchObject({
      active_status: 0,
      active_info_list: [{ type: 2 }],
    })
    expect(await statusOf('LiWeidong')).toMatchObject({ active_status: 0, active_info_list: [] })
  })
})

describe('automatic activation', () => {
  it('gives a free account to whoever opens the app with its agentid, and tells the provider', async () => {
    const { provider, call, useridOf, buy, enter, agentid } = await open('lapsed-licence')
    await buy(3)
    expect(await call('license/get_auto_active_status', {})).toMatchObject({
      auto_active_status: 0,
    })
    expect(await call('license/set_auto_active_status', { auto_active_status: 2 })).toMatchObject({
      errcode: 701070,
    })
    expect(await enter('LiWeidong', { agentid })).toEqual(page)
    expect(await call('license/set_auto_active_status', { auto_active_status: 1 })).toMatchObject({
      errcode: 0,
    })
    expect(await enter('LiWeidong')).toEqual(page)
    expect(await enter('LiWeidong', { agentid })).toEqual(inside)
    expect(await enter('HanXue', { agentid })).toEqual(inside)
    // Who has enough left takes none.
    expect(await enter('ZhouXiaolan', { agentid })).toEqual(inside)
    const told = await provider.pushed('provider', 'auto_activate')
    expect(told).toHaveLength(2)
    expect(told[0]).toContain(
      `<UserId><![CDATA[${await useridOf('LiWeidong')}]]></UserId><PreviousStatus>1</PreviousStatus></AccountList>`,
    )
    expect(told[1]).toMatch(
      /<Scene>1<\/Scene>.+<PreviousStatus>3<\/PreviousStatus><PreviousActiveCode>/,
    )
  })

  it('happens too when the app writes to a member or asks for a member’s contacts', async () => {
    const { sandbox, provider, call, useridOf, buy, agentid } = await open('lapsed-licence')
    await buy(2)
    await call('license/set_auto_active_status', { auto_active_status: 1 })
    const message = { msgtype: 'text', agentid: Number(agentid), text: { content: '你好' } }
    expect(
      await sandbox.wecom('message/send', {}, { ...message, touser: await useridOf('LiWeidong') }),
    ).toMatchObject({
      unlicenseduser: '',
    })
    expect(
      await sandbox.wecom('externalcontact/list', { userid: await useridOf('HanXue') }),
    ).toMatchObject({ errcode: 0 })
    const told = await provider.pushed('provider', 'auto_activate')
    expect(told.map((body) => /<Scene>(\d)<\/Scene>/.exec(body)?.[1])).toEqual(['2', '3'])
  })

  it('is set only for a corp that something was bought for', async () => {
    const { call } = await open('customized-app')
    expect(await call('license/set_auto_active_status', { auto_active_status: 1 })).toMatchObject({
      errcode: 701071,
    })
    expect(await call('license/get_auto_active_status', {})).toMatchObject({ errcode: 701071 })
  })
})

describe('an account', () => {
  it('passes to a colleague, and on again only after thirty days', async () => {
    const { sandbox, call, useridOf } = await open('lapsed-licence')
    const [zhou, han, li] = [
      await useridOf('ZhouXiaolan'),
      await useridOf('HanXue'),
      await useridOf('LiWeidong'),
    ]
    const transfer = async (handover_userid: string, takeover_userid: string) => {
      const { transfer_result } = await call('license/batch_transfer_license', {
        transfer_list: [{ handover_userid, takeover_userid }],
      })
      return (transfer_result as { errcode: number }[])[0]?.errcode
    }
    expect(await transfer(han, li)).toBe(701016)
    expect(await transfer(zhou, 'nobody')).toBe(701019)
    expect(await transfer(zhou, li)).toBe(0)
    expect(await call('license/get_active_info_by_user', { userid: li })).toMatchObject({
      active_status: 1,
    })
    expect(await call('license/get_active_info_by_user', { userid: zhou })).toMatchObject({
      active_status: 0,
      active_info_list: [],
    })
    expect(await transfer(li, han)).toBe(701017)
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 30 * 86_400 })
    expect(await transfer(li, han)).toBe(0)
    expect(await call('license/batch_transfer_license', { transfer_list: [] })).toMatchObject({
      errcode: 701025,
    })
  })

  it('passes at once from who has left, but not to who has more than twenty days', async () => {
    const { provider, call, useridOf, buy } = await open('lapsed-licence')
    await buy(1)
    const [zhou, han, li] = [
      await useridOf('ZhouXiaolan'),
      await useridOf('HanXue'),
      await useridOf('LiWeidong'),
    ]
    expect(await call('license/active_account_by_type', { userid: li, type: 2 })).toMatchObject({
      errcode: 0,
    })
    const transfer = (handover_userid: string, takeover_userid: string) =>
      call('license/batch_transfer_license', {
        transfer_list: [{ handover_userid, takeover_userid }],
      })
    expect(await transfer(zhou, li)).toMatchObject({ transfer_result: [{ errcode: 701018 }] })
    expect(await transfer(li, han)).toMatchObject({ transfer_result: [{ errcode: 0 }] })
    await provider.happen('member.leave', { memberId: 'HanXue' })
    expect(await transfer(han, li)).toMatchObject({
      transfer_result: [{ handover_userid: han, takeover_userid: li, errcode: 0 }],
    })
  })
})
