import { describe, expect, it, vi } from 'vitest'
import { openReceiver } from '../../testing/receiver.ts'
import { openSandbox } from '../../testing/open-sandbox.ts'
import { authorized, component, type Json } from '../testing/third-party.ts'

const patience = { timeout: 20_000, interval: 20 }

async function opened() {
  const sandbox = await openSandbox()
  const appid = String(sandbox.env.MINIPROGRAM_APP_ID)
  const call = async (path: string, token: string, body?: unknown) =>
    (
      await sandbox.knock(
        body === undefined ? 'GET' : 'POST',
        `/wechat${path}?access_token=${token}`,
        body,
      )
    ).body
  const tokens = await authorized(sandbox.post, call, component, appid)
  return {
    sandbox,
    appid,
    call,
    platform: (path: string, body: Json) => call(path, tokens.component, body),
    program: (path: string, body: Json) => call(path, tokens.token, body),
    look: (path: string) => call(path, tokens.token),
  }
}

describe('domains', () => {
  it('of a mini program are taken from the list of its platform with modify_domain', async () => {
    const { platform, program } = await opened()
    const servers = '/cgi-bin/component/modify_wxa_server_domain'
    const modify = (body: Json) => program('/wxa/modify_domain', body)
    expect(
      await modify({ action: 'add', requestdomain: ['https://crm.example.com'] }),
    ).toMatchObject({ errcode: 85017 })
    expect(
      await platform(servers, {
        action: 'add',
        wxa_server_domain: 'example.com;http://bad/',
        is_modify_published_together: true,
      }),
    ).toMatchObject({
      published_wxa_server_domain: 'example.com',
      testing_wxa_server_domain: 'example.com',
      invalid_wxa_server_domain: 'http://bad/',
    })
    const wanted = {
      requestdomain: ['https://crm.example.com', 'https://elsewhere.cn'],
      wsrequestdomain: ['wss://crm.example.com'],
    }
    expect(await modify({ action: 'add', ...wanted })).toMatchObject({
      errcode: 0,
      requestdomain: ['https://crm.example.com'],
      invalid_requestdomain: ['https://elsewhere.cn'],
      wsrequestdomain: ['wss://crm.example.com'],
    })
    expect(await modify({ action: 'steal' })).toMatchObject({ errcode: 40097 })
    await modify({ action: 'delete', wsrequestdomain: ['wss://crm.example.com'] })
    expect(await modify({ action: 'get' })).toMatchObject({
      requestdomain: ['https://crm.example.com'],
      wsrequestdomain: [],
    })
  })

  it('can be set directly too, and get_effective_domain joins both', async () => {
    const { program } = await opened()
    await program('/wxa/modify_domain_directly', {
      action: 'set',
      uploaddomain: ['https://files.cn:8443'],
    })
    expect(await program('/wxa/get_effective_domain', {})).toMatchObject({
      third_domain: { uploaddomain: [] },
      direct_domain: { uploaddomain: ['https://files.cn:8443'] },
      effective_domain: { uploaddomain: ['https://files.cn:8443'] },
    })
    const many = Array.from({ length: 201 }, (_, index) => `https://h${index}.cn`)
    expect(
      await program('/wxa/modify_domain_directly', { action: 'set', requestdomain: many }),
    ).toMatchObject({ errcode: 85016 })
  })

  it('of web views come from modify_wxa_jump_domain', async () => {
    const { platform, program } = await opened()
    const set = (body: Json) => program('/wxa/setwebviewdomain', body)
    expect(await set({ action: 'add', webviewdomain: ['https://m.example.com'] })).toMatchObject({
      errcode: 89020,
    })
    await platform('/cgi-bin/component/modify_wxa_jump_domain', {
      action: 'set',
      wxa_jump_h5_domain: 'm.example.com',
    })
    expect(await set({ action: 'add', webviewdomain: ['https://other.cn'] })).toMatchObject({
      errcode: 89021,
    })
    expect(await set({})).toMatchObject({ errcode: 0, webviewdomain: ['https://m.example.com'] })
    expect(await set({ action: 'add', webviewdomain: ['https://m.example.com'] })).toMatchObject({
      errcode: 89019,
    })
    const direct = (body: Json) => program('/wxa/setwebviewdomain_directly', body)
    expect(await direct({ action: 'add', webviewdomain: ['https://any.cn'] })).toMatchObject({
      webviewdomain: ['https://any.cn'],
    })
  })
})

describe('privacy', () => {
  it('settings are kept by setprivacysetting and read by getprivacysetting', async () => {
    const { program } = await opened()
    const set = (body: Json) => program('/cgi-bin/component/setprivacysetting', body)
    const owner = { contact_phone: '021-6588 2000', notice_method: '弹窗' }
    const items = [{ privacy_key: 'Location', privacy_text: '报修时填写地点' }]
    expect(
      await set({ owner_setting: { notice_method: '弹窗' }, setting_list: items }),
    ).toMatchObject({ errcode: 40097 })
    expect(
      await set({
        owner_setting: owner,
        setting_list: [{ privacy_key: 'Dreams', privacy_text: 'x' }],
      }),
    ).toMatchObject({
      errcode: 40097,
    })
    expect(await set({ privacy_ver: 2, owner_setting: owner, setting_list: items })).toMatchObject({
      errcode: 0,
    })
    expect(await program('/cgi-bin/component/getprivacysetting', { privacy_ver: 2 })).toMatchObject(
      {
        code_exist: 1,
        privacy_list: ['Location'],
        setting_list: items,
        owner_setting: owner,
      },
    )
    expect(await program('/cgi-bin/component/getprivacysetting', { privacy_ver: 1 })).toMatchObject(
      { setting_list: [] },
    )
  })

  it('interfaces of places are applied for and decided about, and wxa_privacy_apply tells it', async () => {
    const { sandbox, appid, program, look } = await opened()
    const receiver = await openReceiver({ token: 'ownToken', aesKey: component.aesKey })
    await sandbox.post('/_sandbox/callbacks', {
      receiver: `account:${appid}`,
      url: receiver.url,
      token: 'ownToken',
      aesKey: component.aesKey,
    })
    const apply = (body: Json) => program('/wxa/security/apply_privacy_interface', body)
    const statusOf = async (name: string) =>
      (
        (await look('/wxa/security/get_privacy_interface')) as { interface_list: Json[] }
      ).interface_list.find(({ api_name: one }) => one === name)
    expect(await statusOf('wx.getLocation')).toMatchObject({ status: 5 })
    expect(await statusOf('wx.choosePoi')).toMatchObject({ status: 1, group_name: '地理位置' })
    expect(await apply({ api_name: 'wx.choosePoi' })).toMatchObject({ errcode: 40097 })
    const { audit_id: auditId } = await apply({ api_name: 'wx.choosePoi', content: '选择服务站' })
    expect(await statusOf('wx.choosePoi')).toMatchObject({ status: 3, audit_id: auditId })
    const decide = (granted: boolean) =>
      sandbox.knock('POST', '/_sandbox/happenings/privacy.decide', {
        appid,
        api: 'wx.choosePoi',
        granted,
        reason: '没有相应场景',
      })
    await decide(false)
    expect(await statusOf('wx.choosePoi')).toMatchObject({ status: 4, fail_reason: '没有相应场景' })
    expect((await decide(true)).status).toBe(400)
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience)
    expect(receiver.received[0]?.message).toMatch(
      /<Event><!\[CDATA\[wxa_privacy_apply\]\]><\/Event><result_info><api_name>wx.choosePoi<\/api_name>.*<reason>没有相应场景<\/reason><status>2<\/status><\/result_info><\/xml>$/,
    )
  })
})

it('an open account is made by open/create, found by open/get, and left by open/unbind; one made by hand is not touched', async () => {
  const { sandbox, appid, call, program } = await opened()
  const { open_appid: byHand } = await program('/cgi-bin/open/get', { appid })
  expect(await program('/cgi-bin/open/create', { appid })).toMatchObject({ errcode: 89000 })
  expect(await program('/cgi-bin/open/unbind', { appid, open_appid: byHand })).toMatchObject({
    errcode: 89003,
  })
  expect(await program('/cgi-bin/open/get', { appid: 'wx0' })).toMatchObject({ errcode: 40013 })
  const subscription = 'wx2d7fb8c4910ea365'
  const { token } = await authorized(sandbox.post, call, component, subscription)
  expect(await call('/cgi-bin/open/get', token, { appid: subscription })).toMatchObject({
    errcode: 89002,
  })
  expect(
    await call('/cgi-bin/open/bind', token, { appid: subscription, open_appid: 'wx0' }),
  ).toMatchObject({ errcode: 89002 })
  const { open_appid: made } = await call('/cgi-bin/open/create', token, { appid: subscription })
  expect(
    await call('/cgi-bin/open/unbind', token, { appid: subscription, open_appid: byHand }),
  ).toMatchObject({ errcode: 89001 })
  expect(
    await call('/cgi-bin/open/unbind', token, { appid: subscription, open_appid: made }),
  ).toMatchObject({ errcode: 0 })
  expect(
    await call('/cgi-bin/open/bind', token, { appid: subscription, open_appid: made }),
  ).toMatchObject({ errcode: 0 })
})
