import { describe, expect, it } from 'vitest'
import { openProvider } from '../../testing/open-provider.ts'
import { openSandbox } from '../../testing/open-sandbox.ts'

async function open() {
  const sandbox = await openSandbox()
  return { sandbox, provider: await openProvider(sandbox) }
}

describe('a template', () => {
  it('is authorized by the QR code of get_customized_auth_url, and exchanged for the permanent code once', async () => {
    const { sandbox, provider } = await open()
    const { id } = provider.template
    const invitation = await provider.asProvider('service/get_customized_auth_url', {
      state: 'order17',
      templateid_list: [id],
    })
    expect(invitation).toMatchObject({ errcode: 0, expires_in: 864_000 })
    await sandbox.post('/_sandbox/happenings/install.authorize', {
      adminId: 'HanXue',
      text: invitation.qrcode_url,
    })
    const [body = ''] = await provider.pushed(`suite:${id}`, 'create_auth')
    expect(body).toContain('<State><![CDATA[order17]]></State>')
    const auth_code = /<AuthCode><!\[CDATA\[(.+?)]]>/.exec(body)?.[1]
    const granted = await provider.asSuite('service/v2/get_permanent_code', { auth_code })
    expect(granted).toMatchObject({
      errcode: 0,
      permanent_code: expect.any(String),
      auth_corp_info: { corpid: expect.stringMatching(/^wp/), corp_name: '上海澜川压缩机有限公司' },
      auth_user_info: { userid: expect.stringMatching(/^wo/), name: '韩雪' },
      state: 'order17',
    })
    expect(await provider.asSuite('service/v2/get_permanent_code', { auth_code })).toMatchObject({
      errcode: 40078,
    })
    const { corpid } = granted.auth_corp_info as { corpid: string }
    const info = await provider.asSuite('service/get_auth_info', {
      auth_corpid: corpid,
      permanent_code: granted.permanent_code,
    })
    expect(info).toMatchObject({
      auth_info: {
        agent: [{ is_customized_app: true, privilege: { allow_party: [1], allow_user: [] } }],
      },
    })
    // It is the app's secret from now on.
    const token = await sandbox.get(
      `/wecom/cgi-bin/gettoken?corpid=${corpid}&corpsecret=${String(granted.permanent_code)}`,
    )
    expect(token).toMatchObject({ errcode: 0, expires_in: 7200 })
    const plain = `/wecom/cgi-bin/gettoken?corpid=${sandbox.env.WECOM_CORP_ID}&corpsecret=${String(granted.permanent_code)}`
    expect(await sandbox.get(plain)).toMatchObject({ errcode: 40001 })
  })

  it('shows its QR code on the desk, and a scan with WeCom installs it for everybody, once', async () => {
    const { sandbox, provider } = await open()
    const { id } = provider.template
    const { qrcode_url } = await provider.asProvider('service/get_customized_auth_url', {
      state: 'a',
      templateid_list: [id],
    })
    const [shown] = (await sandbox.state()).shownCodes.filter(({ text }) => text === qrcode_url)
    expect((await fetch(shown?.imageUrl ?? '')).headers.get('content-type')).toBe('image/png')
    const scan = (device: string, userId: string) =>
      sandbox.post('/_sandbox/scans', { device, userId, text: qrcode_url })
    expect(await scan('wechat', 'linyue')).toEqual({ kind: 'text', text: '请使用企业微信扫码' })
    expect(await provider.pushed(`suite:${id}`, 'create_auth')).toEqual([])
    expect(await scan('wecom', 'HanXue')).toMatchObject({
      kind: 'text',
      text: expect.stringContaining('已授权'),
    })
    expect(await provider.pushed(`suite:${id}`, 'create_auth')).toHaveLength(1)
    expect(await scan('wecom', 'HanXue')).toEqual({ kind: 'text', text: '企业已安装该应用' })
  })

  it('refuses a code after ten minutes or for another suite, a QR code after ten days, wrong templates and a wrong state', async () => {
    const { sandbox, provider } = await open()
    const { id } = provider.template
    const { apps } = (await provider.happen('install.authorize', {
      adminId: 'HanXue',
      suiteId: id,
    })) as { apps: { authCode: string }[] }
    const exchange = (suiteId: string) =>
      provider.asSuite('service/v2/get_permanent_code', { auth_code: apps[0]?.authCode }, suiteId)
    expect(await exchange(provider.suite.id)).toMatchObject({ errcode: 40078 })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 600 })
    expect(await exchange(id)).toMatchObject({ errcode: 40078 })
    const url = (body: object) =>
      provider.asProvider('service/get_customized_auth_url', {
        state: 'a',
        templateid_list: [id],
        ...body,
      })
    expect(await url({ templateid_list: [provider.suite.id] })).toMatchObject({ errcode: 40083 })
    expect(await url({ state: 'has-hyphen' })).toMatchObject({ errcode: 40058 })
    expect(await url({ state: 'x'.repeat(33) })).toMatchObject({ errcode: 40058 })
    const { qrcode_url } = await url({})
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 864_000 })
    const scan = await sandbox.knock('POST', '/_sandbox/happenings/install.authorize', {
      adminId: 'HanXue',
      text: qrcode_url,
    })
    expect(scan).toEqual({ status: 400, body: { error: 'this QR code is older than ten days' } })
  })

  it('is changed, set up, given a new secret and deleted, and each time the template hears of it', async () => {
    const { sandbox, provider } = await open()
    const { id } = provider.template
    const { agentId, corpId, permanentCode, token } = await provider.install()
    const info = () =>
      provider.asSuite('service/get_auth_info', {
        auth_corpid: corpId,
        permanent_code: permanentCode,
      })
    await provider.happen('install.change', {
      agentId,
      departments: [2],
      permissions: ['externalcontact:base:base'],
    })
    expect(await info()).toMatchObject({
      auth_info: { agent: [{ privilege: { allow_party: [2] } }] },
    })
    expect(await provider.pushed(`suite:${id}`, 'change_auth')).toEqual([
      expect.stringContaining(`<AuthCorpId><![CDATA[${corpId}]]>`),
    ])

    expect(await provider.asApp(token, 'agent/get', { agentid: agentId })).toMatchObject({
      customized_publish_status: 1,
    })
    await provider.happen('install.go-online', {
      agentId,
      home: 'https://crm.example.com:8443/sidebar/',
    })
    expect(await provider.asApp(token, 'agent/get', { agentid: agentId })).toMatchObject({
      customized_publish_status: 2,
      redirect_domain: 'crm.example.com:8443',
    })

    const { authCode } = await provider.happen('install.reset-code', { agentId })
    expect(await provider.pushed(`suite:${id}`, 'reset_permanent_code')).toHaveLength(1)
    const renewed = await provider.asSuite('service/v2/get_permanent_code', { auth_code: authCode })
    expect(renewed.permanent_code).not.toBe(permanentCode)
    expect(await info()).toMatchObject({ errcode: 40084 })

    const { admin } = (await provider.asSuite('service/get_admin_list', {
      auth_corpid: corpId,
      agentid: Number(agentId),
    })) as {
      admin: object[]
    }
    expect(admin).toEqual([
      {
        userid: expect.stringMatching(/^wo/),
        open_userid: expect.stringMatching(/^wo/),
        auth_type: 1,
      },
    ])

    await provider.happen('install.cancel', { agentId })
    expect(await provider.pushed(`suite:${id}`, 'cancel_auth')).toHaveLength(1)
    expect(await provider.asApp(token, 'user/get', { userid: 'x' })).toMatchObject({
      errcode: 40014,
    })
    expect(
      await provider.asSuite('service/get_auth_info', { auth_corpid: corpId, permanent_code: 'x' }),
    ).toMatchObject({ errcode: 40013 })
    expect(
      (await sandbox.knock('POST', '/_sandbox/happenings/install.cancel', { agentId })).status,
    ).toBe(400)
  })

  it('survives a snapshot with its app, its permanent code and its tokens', async () => {
    const { sandbox, provider } = await open()
    const { agentId, token } = await provider.install()
    await sandbox.post('/_sandbox/snapshots', { name: 'installed' })
    await sandbox.post('/_sandbox/reset', {})
    expect(await provider.asApp(token, 'agent/get', { agentid: agentId })).toMatchObject({
      errcode: 40014,
    })
    await sandbox.post('/_sandbox/snapshots/restore', { name: 'installed' })
    expect(await provider.asApp(token, 'agent/get', { agentid: agentId })).toMatchObject({
      errcode: 0,
      agentid: Number(agentId),
    })
  })
})

describe('a third-party suite', () => {
  it('is installed from the provider’s website: the install page sends the admin back with a code, and nothing is pushed', async () => {
    const { sandbox, provider } = await open()
    const { id } = provider.suite
    const { pre_auth_code, expires_in } = await sandbox.get(
      `/wecom/cgi-bin/service/get_pre_auth_code?suite_access_token=${await provider.suiteToken(id)}`,
    )
    expect(expires_in).toBe(1200)
    expect(
      await provider.asSuite(
        'service/set_session_info',
        { pre_auth_code, session_info: { auth_type: 1 } },
        id,
      ),
    ).toMatchObject({
      errcode: 0,
    })
    const query = {
      suite_id: id,
      pre_auth_code: String(pre_auth_code),
      redirect_uri: 'http://crm.example.com/back',
      state: 's1',
    }
    const page = (more: object = {}) =>
      `${sandbox.origin}/open/3rdapp/install?${new URLSearchParams({ ...query, ...more })}`
    expect(await (await fetch(page())).text()).toContain('同意以上授权')
    expect(await (await fetch(page({ suite_id: 'wwother' }))).text()).toContain('suite_id 参数错误')
    expect(await (await fetch(page({ pre_auth_code: 'x' }))).text()).toContain(
      'pre_auth_code 参数错误',
    )
    expect(await (await fetch(page({ redirect_uri: 'x' }))).text()).toContain(
      'redirect_uri 参数错误',
    )

    const agreed = await fetch(page(), {
      method: 'POST',
      body: new URLSearchParams({ admin: 'ZhouXiaolan' }),
      redirect: 'manual',
    })
    const back = new URL(agreed.headers.get('location') ?? '')
    expect(Object.fromEntries(back.searchParams)).toEqual({
      auth_code: expect.any(String),
      expires_in: '600',
      state: 's1',
    })
    expect(await provider.pushed(`suite:${id}`, 'create_auth')).toEqual([])

    // The older path gives the first token too.
    const granted = await provider.asSuite(
      'service/get_permanent_code',
      { auth_code: back.searchParams.get('auth_code') },
      id,
    )
    expect(granted).toMatchObject({
      access_token: expect.any(String),
      expires_in: 7200,
      auth_info: { agent: [{ is_customized_app: false }] },
    })
    const { corpid } = granted.auth_corp_info as { corpid: string }
    const corpToken = (body: object) =>
      provider.asSuite('service/get_corp_token', { auth_corpid: corpid, ...body }, id)
    expect(await corpToken({ permanent_code: granted.permanent_code })).toEqual({
      access_token: granted.access_token,
      expires_in: 7200,
    })
    expect(await corpToken({ permanent_code: 'x' })).toMatchObject({ errcode: 40084 })
    expect(await corpToken({})).toMatchObject({ errcode: 41025 })
    const asOwn = `/wecom/cgi-bin/gettoken?corpid=${corpid}&corpsecret=${String(granted.permanent_code)}`
    expect(await sandbox.get(asOwn)).toMatchObject({ errcode: 40001 })
  })

  it('has get_corp_token to itself: a customized app signs in like an own one', async () => {
    const { provider } = await open()
    const { corpId, permanentCode } = await provider.install()
    expect(
      await provider.asSuite('service/get_corp_token', {
        auth_corpid: corpId,
        permanent_code: permanentCode,
      }),
    ).toMatchObject({
      errcode: 48002,
    })
  })
})
