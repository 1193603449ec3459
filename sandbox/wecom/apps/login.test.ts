import { describe, expect, it } from 'vitest'
import { openProvider } from '../../testing/open-provider.ts'
import { openSandbox, type OpenedSandbox } from '../../testing/open-sandbox.ts'

/** A member or customer follows a link; the code of the address they come back to. */
async function follow(
  sandbox: OpenedSandbox,
  user: { device: 'wecom' | 'wechat'; userId: string },
  query: Record<string, string>,
  allow?: boolean,
) {
  const { id } = await sandbox.webview({ ...user, url: '/sidebar/' })
  const usual = {
    redirect_uri: `${sandbox.webviewOrigin}/back`,
    response_type: 'code',
    scope: 'snsapi_base',
    state: 's',
  }
  const reply = await sandbox.post('/open/_code', {
    webview: id,
    query: `?${new URLSearchParams({ ...usual, ...query })}`,
    allow,
  })
  const code =
    reply.redirect === undefined
      ? ''
      : (new URL(String(reply.redirect)).searchParams.get('code') ?? '')
  return { reply, code }
}

const zhou = { device: 'wecom', userId: 'ZhouXiaolan' } as const
const li = { device: 'wecom', userId: 'LiWeidong' } as const

describe('login codes', () => {
  it('name the member once', async () => {
    const { wecom, post } = await openSandbox()
    const { code } = await post('/_sandbox/codes', { kind: 'wecom', memberId: 'ZhouXiaolan' })
    expect(await wecom('auth/getuserinfo', { code: String(code) })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      userid: 'ZhouXiaolan',
    })
    expect(await wecom('auth/getuserinfo', { code: String(code) })).toMatchObject({
      errcode: 42022,
    })
  })

  it('are taken by the older path user/getuserinfo too, which answers in capitals', async () => {
    const sandbox = await openSandbox()
    const { code } = await sandbox.post('/_sandbox/codes', { kind: 'wecom', memberId: 'HanXue' })
    const info = (one: unknown) => sandbox.wecom('user/getuserinfo', { code: String(one) })
    expect(await info(code)).toEqual({
      errcode: 0,
      errmsg: 'ok',
      UserId: 'HanXue',
      DeviceId: '',
    })
    // One code, whichever path takes it.
    expect(await info(code)).toMatchObject({ errcode: 42022 })
    expect(await info('none')).toMatchObject({ errcode: 40029 })
    const stranger = await follow(
      sandbox,
      { device: 'wechat', userId: 'linyue' },
      { appid: sandbox.env.WECOM_CORP_ID ?? '', agentid: '1000002' },
    )
    expect(await info(stranger.code)).toEqual({
      errcode: 0,
      errmsg: 'ok',
      OpenId: expect.stringMatching(/^o/),
      external_userid: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg',
      DeviceId: '',
    })
  })

  it('die after five minutes, and one of a mini program is none', async () => {
    const { wecom, post } = await openSandbox()
    const { code } = await post('/_sandbox/codes', { kind: 'wecom', memberId: 'ZhouXiaolan' })
    const { code: foreign } = await post('/_sandbox/codes', {
      kind: 'miniprogram',
      customerId: 'linyue',
    })
    await post('/_sandbox/clock', { advanceSeconds: 300 })
    expect(await wecom('auth/getuserinfo', { code: String(code) })).toMatchObject({
      errcode: 42003,
    })
    expect(await wecom('auth/getuserinfo', { code: String(foreign) })).toMatchObject({
      errcode: 40029,
    })
    expect(await wecom('auth/getuserinfo')).toMatchObject({ errcode: 41008 })
  })

  it('come for a member outside the visible range too, but no member data', async () => {
    const { wecom, post } = await openSandbox()
    const { code } = await post('/_sandbox/codes', { kind: 'wecom', memberId: 'LiWeidong' })
    expect(await wecom('auth/getuserinfo', { code: String(code) })).toMatchObject({
      userid: 'LiWeidong',
    })
    expect(await wecom('user/get', { userid: 'LiWeidong' })).toMatchObject({ errcode: 60011 })
  })

  it('name a customer by openid, and by external_userid once somebody in range follows them', async () => {
    const sandbox = await openSandbox()
    const appid = sandbox.env.WECOM_CORP_ID ?? ''
    const lin = await follow(sandbox, { device: 'wechat', userId: 'linyue' }, { appid })
    expect(await sandbox.wecom('auth/getuserinfo', { code: lin.code })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      openid: expect.any(String),
      external_userid: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg',
    })
    const zhao = await follow(sandbox, { device: 'wechat', userId: 'zhaoyiming' }, { appid })
    expect(await sandbox.wecom('auth/getuserinfo', { code: zhao.code })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      openid: expect.any(String),
    })
  })
})

describe('private fields', () => {
  it('are behind a ticket of half an hour that a consent to snsapi_privateinfo gives', async () => {
    const sandbox = await openSandbox()
    const query = {
      appid: sandbox.env.WECOM_CORP_ID ?? '',
      agentid: '1000002',
      scope: 'snsapi_privateinfo',
    }
    expect((await follow(sandbox, zhou, query)).reply).toMatchObject({
      consent: { name: '周晓岚' },
    })
    expect((await follow(sandbox, zhou, query, false)).reply).toEqual({
      redirect: expect.not.stringContaining('code='),
    })
    const { code } = await follow(sandbox, zhou, query, true)
    const { user_ticket } = await sandbox.wecom('auth/getuserinfo', { code })
    expect(await sandbox.wecom('auth/getuserdetail', {}, { user_ticket })).toMatchObject({
      userid: 'ZhouXiaolan',
      gender: '2',
      mobile: '13900010001',
    })
    expect(await sandbox.wecom('auth/getuserdetail', {}, { user_ticket: 'x' })).toMatchObject({
      errcode: 84015,
    })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 1800 })
    expect(await sandbox.wecom('auth/getuserdetail', {}, { user_ticket })).toMatchObject({
      errcode: 84014,
    })
    // Thirty days nobody is asked again.
    expect((await follow(sandbox, zhou, query)).code).not.toBe('')
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 30 * 86_400 })
    expect((await follow(sandbox, zhou, query)).reply).toHaveProperty('consent')
  })

  it('are for members in the visible range, of a named app', async () => {
    const sandbox = await openSandbox()
    const query = {
      appid: sandbox.env.WECOM_CORP_ID ?? '',
      agentid: '1000002',
      scope: 'snsapi_privateinfo',
    }
    for (const { code } of [
      await follow(sandbox, li, query),
      await follow(sandbox, zhou, { appid: query.appid, scope: query.scope }),
    ]) {
      expect(await sandbox.wecom('auth/getuserinfo', { code })).not.toHaveProperty('user_ticket')
    }
  })
})

describe('a customized app', () => {
  it('signs members in by its encrypted corpid and its own token alone', async () => {
    const sandbox = await openSandbox()
    const provider = await openProvider(sandbox)
    const { agentId, corpId, token } = await provider.install()
    const { code } = await follow(sandbox, zhou, { appid: corpId, agentid: agentId })
    expect(await sandbox.wecom('auth/getuserinfo', { code })).toMatchObject({ errcode: 40029 })
    const { userid } = await provider.asApp(token, 'auth/getuserinfo', { code })
    expect(userid).toMatch(/^wo\w{30}$/)
    const path = `/wecom/cgi-bin/service/auth/getuserinfo3rd?suite_access_token=${await provider.suiteToken()}&code=${code}`
    expect(await sandbox.get(path)).toMatchObject({ errcode: 40029 })
    // The corp's plain id means its own apps.
    expect(
      (await follow(sandbox, zhou, { appid: sandbox.env.WECOM_CORP_ID ?? '', agentid: agentId }))
        .reply,
    ).toEqual({
      error: 'agentid 参数错误',
    })
  })

  it('trusts the host of its home page, and a code is worth nothing when it no longer does', async () => {
    const sandbox = await openSandbox()
    const provider = await openProvider(sandbox)
    const { agentId, corpId, token } = await provider.install()
    const query = {
      appid: corpId,
      agentid: agentId,
      redirect_uri: 'https://crm.example.com:8443/back',
    }
    expect((await follow(sandbox, zhou, query)).reply).toEqual({ error: 'redirect_uri 参数错误' })
    await provider.happen('install.go-online', {
      agentId,
      home: 'https://crm.example.com:8443/sidebar/',
    })
    expect(
      (await follow(sandbox, zhou, { ...query, redirect_uri: 'https://crm.example.com/back' }))
        .reply,
    ).toHaveProperty('error')
    const { code } = await follow(sandbox, zhou, query)
    await provider.happen('install.go-online', { agentId, home: 'https://elsewhere.example.com/' })
    expect(await provider.asApp(token, 'auth/getuserinfo', { code })).toMatchObject({
      errcode: 50001,
    })
    // The refusal has not spent it.
    await provider.happen('install.go-online', {
      agentId,
      home: 'https://crm.example.com:8443/sidebar/',
    })
    expect(await provider.asApp(token, 'auth/getuserinfo', { code })).toMatchObject({ errcode: 0 })
  })
})

describe('a third-party suite', () => {
  it('signs members in by its suite_id and its suite_access_token', async () => {
    const sandbox = await openSandbox()
    const provider = await openProvider(sandbox)
    const { id } = provider.suite
    expect((await follow(sandbox, zhou, { appid: id })).reply).toEqual({ error: '应用未安装' })
    const { corpId } = await provider.install(id)
    const ask = async (method: string, code: string) =>
      sandbox.get(
        `/wecom/cgi-bin/${method}?suite_access_token=${await provider.suiteToken(id)}&code=${code}`,
      )
    const { code } = await follow(sandbox, zhou, { appid: id, scope: 'snsapi_userinfo' })
    const info = await ask('service/auth/getuserinfo3rd', code)
    expect(info).toMatchObject({
      errcode: 0,
      corpid: corpId,
      userid: expect.stringMatching(/^wo/),
      expires_in: 7200,
      open_userid: info.userid,
    })
    expect(await ask('service/auth/getuserinfo3rd', code)).toMatchObject({ errcode: 42022 })
    const detail = await provider.asSuite(
      'service/auth/getuserdetail3rd',
      { user_ticket: info.user_ticket },
      id,
    )
    expect(detail).toEqual({
      errcode: 0,
      errmsg: 'ok',
      corpid: corpId,
      userid: info.userid,
      name: info.userid,
      gender: '0',
    })

    const asked = await follow(sandbox, zhou, { appid: id, scope: 'snsapi_privateinfo' }, true)
    const old = await ask('service/getuserinfo3rd', asked.code)
    expect(old).toMatchObject({ CorpId: corpId, UserId: info.userid })
    expect(
      await provider.asSuite('service/getuserdetail3rd', { user_ticket: old.user_ticket }, id),
    ).toMatchObject({
      gender: '2',
      avatar: expect.any(String),
    })
    const customer = await follow(
      sandbox,
      { device: 'wechat', userId: 'zhaoyiming' },
      { appid: id },
    )
    expect(await ask('service/getuserinfo3rd', customer.code)).toMatchObject({
      OpenId: expect.any(String),
    })
  })
})

describe('wx.qy.login', () => {
  it('is redeemed by the app that the mini program is linked to, or by its suite', async () => {
    const sandbox = await openSandbox()
    const provider = await openProvider(sandbox)
    const login = async (agentId?: string) =>
      String((await provider.happen('app.miniprogram-login', { agentId, memberId: 'HanXue' })).code)
    const session = (js_code: string) =>
      sandbox.wecom('miniprogram/jscode2session', { js_code, grant_type: 'authorization_code' })
    const code = await login()
    expect(await session(code)).toMatchObject({
      errcode: 0,
      userid: 'HanXue',
      corpid: sandbox.env.WECOM_CORP_ID,
      session_key: expect.any(String),
    })
    expect(await session(code)).toMatchObject({ errcode: 40029 })
    const { agentId } = await provider.install()
    const foreign = await login(agentId)
    expect(await session(foreign)).toMatchObject({ errcode: 40029 })
    const search = `suite_access_token=${await provider.suiteToken()}&js_code=${foreign}&grant_type=authorization_code`
    const reply = await sandbox.get(`/wecom/cgi-bin/service/miniprogram/jscode2session?${search}`)
    expect(reply).toMatchObject({
      errcode: 0,
      userid: expect.stringMatching(/^wo/),
      open_userid: reply.userid,
    })
  })
})
