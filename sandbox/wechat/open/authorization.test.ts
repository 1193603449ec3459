import { describe, expect, it, vi } from 'vitest'
import { openReceiver } from '../../testing/receiver.ts'
import { openSandbox, type OpenedSandbox } from '../../testing/open-sandbox.ts'
import { component, componentToken, authorized, other, type Json } from '../testing/third-party.ts'

const patience = { timeout: 20_000, interval: 20 }
const redirect = 'https://crm.example.com/bound'

async function opened() {
  const sandbox = await openSandbox()
  const miniprogram = String(sandbox.env.MINIPROGRAM_APP_ID)
  const official = String(sandbox.env.OFFICIAL_ACCOUNT_APP_ID)
  const call = async (path: string, token: string, body?: unknown, name = 'access_token') =>
    (
      await sandbox.knock(
        body === undefined ? 'GET' : 'POST',
        `/wechat${path}${path.includes('?') ? '&' : '?'}${name}=${token}`,
        body,
      )
    ).body
  return { ...sandbox, miniprogram, official, call }
}

describe('the verify ticket', () => {
  it('component_verify_ticket comes every ten minutes, as in the sample, and opens the platform', async () => {
    const { post, knock } = await opened()
    const receiver = await openReceiver({ token: component.token, aesKey: component.aesKey })
    await post('/_sandbox/callbacks', {
      receiver: `component:${component.appid}`,
      url: receiver.url,
    })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience)
    await post('/_sandbox/clock', { advanceSeconds: 601 })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), patience)
    const [first] = receiver.received
    expect(first).toMatchObject({
      receiveId: component.appid,
      envelope: expect.stringContaining(`<AppId><![CDATA[${component.appid}]]></AppId><Encrypt>`),
    })
    const [, ticket] =
      /<InfoType>component_verify_ticket<\/InfoType><ComponentVerifyTicket>(ticket@@@[\w-]+)</.exec(
        first?.message ?? '',
      ) ?? []
    const asking = {
      component_appid: component.appid,
      component_appsecret: component.secret,
      component_verify_ticket: ticket,
    }
    const path = '/wechat/cgi-bin/component/api_component_token'
    expect((await knock('POST', path, asking)).body).toEqual({
      component_access_token: expect.any(String),
      expires_in: 7200,
    })
    const refusals: [Json, number][] = [
      [{ component_appid: undefined }, 41002],
      [{ component_appid: 'wx0' }, 61011],
      [{ component_appsecret: undefined }, 41004],
      [{ component_appsecret: 'x' }, 40125],
      [{ component_verify_ticket: 'ticket@@@x' }, 61006],
    ]
    for (const [part, errcode] of refusals)
      expect((await knock('POST', path, { ...asking, ...part })).body).toMatchObject({ errcode })
    await post('/_sandbox/clock', { advanceSeconds: 43_200 })
    expect((await knock('POST', path, asking)).body).toMatchObject({ errcode: 61005 })
    await post('/_sandbox/happenings/open.allow-ips', {
      component: component.appid,
      ips: ['10.0.0.1'],
    })
    expect((await knock('POST', path, asking)).body).toMatchObject({ errcode: 61004 })
  })

  it('stops and is pushed again at once after api_start_push_ticket', async () => {
    const { post, knock } = await opened()
    const receiver = await openReceiver({ token: other.token, aesKey: other.aesKey })
    await post('/_sandbox/happenings/open.stop-tickets', { component: other.appid })
    await post('/_sandbox/callbacks', { receiver: `component:${other.appid}`, url: receiver.url })
    await post('/_sandbox/clock', { advanceSeconds: 1200 })
    expect(await pushedTo(knock, other.appid)).toEqual([])
    const body = { component_appid: other.appid, component_secret: other.secret }
    expect(
      (await knock('POST', '/wechat/cgi-bin/component/api_start_push_ticket', body)).body,
    ).toEqual({ errcode: 0, errmsg: 'ok' })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience)
    await post('/_sandbox/clock', { advanceSeconds: 601 })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), patience)
  })
})

async function pushedTo(knock: OpenedSandbox['knock'], appid: string) {
  return (await knock('GET', `/_sandbox/deliveries?receiver=component:${appid}`)).body.items
}

describe('the authorization page', () => {
  it('offers the accounts and sets, and leads back with a code that api_query_auth takes once', async () => {
    const { origin, call, miniprogram, post } = await opened()
    const token = await componentToken(post, component)
    const { pre_auth_code: preAuthCode } = await call(
      '/cgi-bin/component/api_create_preauthcode',
      token,
      { component_appid: component.appid },
      'component_access_token',
    )
    const query = new URLSearchParams({
      component_appid: component.appid,
      pre_auth_code: String(preAuthCode),
      redirect_uri: redirect,
      auth_type: '2',
    })
    const page = `${origin}/open/cgi-bin/componentloginpage?${query}`
    const html = await (await fetch(page)).text()
    expect(html).toContain('授权给 云桥开放平台')
    expect(html).toContain('小程序开发与数据分析')
    expect(html).not.toContain('群发与通知')
    const form = new URLSearchParams([
      ...query,
      ['appid', miniprogram],
      [`set:${miniprogram}`, '18'],
      [`set:${miniprogram}`, '30'],
      [`set:${miniprogram}`, '7'],
    ])
    const back = await fetch(page, { method: 'POST', body: form, redirect: 'manual' })
    const target = new URL(back.headers.get('location') ?? '')
    expect(target.origin + target.pathname).toBe(redirect)
    expect(target.searchParams.get('expires_in')).toBe('600')
    const code = {
      component_appid: component.appid,
      authorization_code: target.searchParams.get('auth_code'),
    }
    expect(await call('/cgi-bin/component/api_query_auth', token, code)).toMatchObject({
      authorization_info: {
        authorizer_appid: miniprogram,
        expires_in: 7200,
        func_info: [{ funcscope_category: { id: 18 } }, { funcscope_category: { id: 30 } }],
      },
    })
    expect(await call('/cgi-bin/component/api_query_auth', token, code)).toMatchObject({
      errcode: 61009,
    })
    expect(await (await fetch(page)).text()).toContain('预授权码错误')
  })

  it('says what is wrong with its address', async () => {
    const { origin } = await opened()
    const page = async (query: string) =>
      (await fetch(`${origin}/open/cgi-bin/componentloginpage?${query}`)).text()
    expect(await page('component_appid=wx0')).toContain('component_appid')
    expect(await page(`component_appid=${component.appid}&pre_auth_code=x`)).toContain(
      'pre_auth_code',
    )
  })
})

describe('an authorization', () => {
  it('is told as authorized, updateauthorized and unauthorized, and its token works until it is taken away', async () => {
    const { post, call, official } = await opened()
    const receiver = await openReceiver({ token: component.token, aesKey: component.aesKey })
    await post('/_sandbox/callbacks', {
      receiver: `component:${component.appid}`,
      url: receiver.url,
    })
    const events = () =>
      receiver.received
        .map(({ message }) => /<InfoType>(\w+)</.exec(message)?.[1])
        .filter((one) => one !== 'component_verify_ticket')
    const { token } = await authorized(post, call, component, official, [2])
    expect(await call('/cgi-bin/user/get', token)).toMatchObject({ total: expect.any(Number) })
    await post('/_sandbox/happenings/open.update', {
      component: component.appid,
      appid: official,
      sets: [4, 7],
    })
    expect(await call('/cgi-bin/user/get', token)).toMatchObject({ errcode: 61007 })
    await post('/_sandbox/happenings/open.update', {
      component: component.appid,
      appid: official,
      sets: [7, 4],
    })
    await post('/_sandbox/happenings/open.unauthorize', {
      component: component.appid,
      appid: official,
    })
    expect(await call('/cgi-bin/user/get', token)).toMatchObject({ errcode: 40001 })
    await vi.waitFor(
      () => expect(events()).toEqual(['authorized', 'updateauthorized', 'unauthorized']),
      patience,
    )
    const codes = receiver.received.flatMap(({ message }) =>
      message.includes('authorized<') ? [/<PreAuthCode>([^<]+)</.exec(message)?.[1]] : [],
    )
    // The samples of the first two show it, also when no page was opened.
    expect(codes).toEqual([expect.any(String), expect.any(String), undefined])
  })

  it('of an exclusive set goes to one platform only', async () => {
    const { post, knock, miniprogram } = await opened()
    await post('/_sandbox/happenings/open.authorize', {
      component: component.appid,
      appid: miniprogram,
      sets: [18],
    })
    const second = await knock('POST', '/_sandbox/happenings/open.authorize', {
      component: other.appid,
      appid: miniprogram,
      sets: [18],
    })
    expect(second).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('one platform only') },
    })
    expect(
      await post('/_sandbox/happenings/open.authorize', {
        component: other.appid,
        appid: miniprogram,
        sets: [17],
      }),
    ).toHaveProperty('auth_code')
  })

  it('shows what kind of account it is, is listed, and its token is renewed with the refresh token', async () => {
    const { post, call, miniprogram, official } = await opened()
    const { component: platform, refresh } = await authorized(post, call, component, miniprogram)
    await authorized(post, call, component, official)
    const info = (appid: string) =>
      call('/cgi-bin/component/api_get_authorizer_info', platform, {
        component_appid: component.appid,
        authorizer_appid: appid,
      })
    expect(await info(miniprogram)).toMatchObject({
      authorizer_info: { MiniProgramInfo: { network: { RequestDomain: [] } } },
    })
    expect(await info(official)).toMatchObject({
      authorizer_info: { service_type_info: { id: 2 }, user_name: expect.stringMatching(/^gh_/) },
    })
    expect((await info(official)).authorizer_info).not.toHaveProperty('MiniProgramInfo')
    expect(await info('wx2d7fb8c4910ea365')).toMatchObject({ errcode: 61003 })
    const list = { component_appid: component.appid, offset: 1, count: 1 }
    expect(await call('/cgi-bin/component/api_get_authorizer_list', platform, list)).toMatchObject({
      total_count: 2,
      list: [{ authorizer_appid: official }],
    })
    const asking = {
      component_appid: component.appid,
      authorizer_appid: miniprogram,
      authorizer_refresh_token: refresh,
    }
    expect(await call('/cgi-bin/component/api_authorizer_token', platform, asking)).toMatchObject({
      authorizer_refresh_token: refresh,
      expires_in: 7200,
    })
    const wrong = { ...asking, authorizer_refresh_token: 'x' }
    expect(await call('/cgi-bin/component/api_authorizer_token', platform, wrong)).toMatchObject({
      errcode: 61023,
    })
  })

  it('has options, which the current and the former way of asking both reach', async () => {
    const { post, call, official } = await opened()
    const { token, component: platform } = await authorized(post, call, component, official)
    const set = '/cgi-bin/component/api_set_authorizer_option'
    const get = '/cgi-bin/component/api_get_authorizer_option'
    expect(
      await call(set, token, { option_name: 'location_report', option_value: '2' }),
    ).toMatchObject({ errcode: 0 })
    const former = {
      component_appid: component.appid,
      authorizer_appid: official,
      option_name: 'location_report',
    }
    expect(await call(get, platform, former, 'component_access_token')).toMatchObject({
      option_value: '2',
    })
    expect(await call(get, token, { option_name: 'nothing' })).toMatchObject({ errcode: 61012 })
    expect(
      await call(set, token, { option_name: 'location_report', option_value: '3' }),
    ).toMatchObject({ errcode: 61013 })
  })

  it('needs the right kind of token on each side', async () => {
    const { post, call, official, get, env } = await opened()
    const { token, component: platform } = await authorized(post, call, component, official)
    expect(
      await call('/cgi-bin/component/api_create_preauthcode', token, {
        component_appid: component.appid,
      }),
    ).toMatchObject({
      errcode: 61014,
    })
    expect(
      await call('/cgi-bin/component/api_create_preauthcode', 'x', {
        component_appid: component.appid,
      }),
    ).toMatchObject({
      errcode: 40001,
    })
    expect(await call('/cgi-bin/user/get', platform)).toMatchObject({ errcode: 40014 })
    const own = await get(
      `/wechat/cgi-bin/token?grant_type=client_credential&appid=${official}&secret=${env.OFFICIAL_ACCOUNT_APP_SECRET}`,
    )
    expect(
      await call('/cgi-bin/open/get', String(own.access_token), { appid: official }),
    ).toMatchObject({ errcode: 86000 })
  })
})

describe('signing in for an account', () => {
  it('works with jscode2session of the component and with its web sign-in, once the account has authorized the platform', async () => {
    const { post, call, get, miniprogram, official } = await opened()
    const codeFor = async (kind: string) =>
      String((await post('/_sandbox/codes', { kind, customerId: 'linyue' })).code)
    const { component: platform } = await authorized(post, call, component, miniprogram)
    const query = (appid: string, more: string) =>
      `appid=${appid}&grant_type=authorization_code&component_appid=${component.appid}&component_access_token=${platform}&${more}`
    const session = await get(
      `/wechat/sns/component/jscode2session?${query(miniprogram, `js_code=${await codeFor('miniprogram')}`)}`,
    )
    expect(session).toMatchObject({ openid: expect.any(String), session_key: expect.any(String) })
    const signIn = async () =>
      get(
        `/wechat/sns/oauth2/component/access_token?${query(official, `code=${await codeFor('official')}`)}`,
      )
    expect(await signIn()).toMatchObject({ errcode: 61003 })
    await authorized(post, call, component, official)
    const signedIn = await signIn()
    expect(signedIn).toMatchObject({
      openid: expect.any(String),
      refresh_token: expect.any(String),
    })
    const renewal = query(official, `refresh_token=${String(signedIn.refresh_token)}`).replace(
      'authorization_code',
      'refresh_token',
    )
    expect(await get(`/wechat/sns/oauth2/component/refresh_token?${renewal}`)).toMatchObject({
      openid: signedIn.openid,
    })
  })
})

it('messages of an authorized account also go to the platform, encrypted for it, at an address with the account’s appid', async () => {
  const { post, call, official } = await opened()
  const receiver = await openReceiver({
    token: component.token,
    aesKey: component.aesKey,
    path: '/messages/$APPID$',
  })
  await post('/_sandbox/callbacks', {
    receiver: `component:${component.appid}`,
    url: null,
    messageUrl: receiver.url,
  })
  await authorized(post, call, component, official)
  const body = {
    ToUserName: 'gh_1',
    FromUserName: 'oLinYue',
    CreateTime: 1,
    MsgType: 'text',
    Content: '在吗',
  }
  await post('/_sandbox/pushes', { receiver: `account:${official}`, body })
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience)
  expect(receiver.received).toMatchObject([
    {
      receiveId: component.appid,
      message: expect.stringContaining('在吗'),
      query: { openid: 'oLinYue' },
    },
  ])
})
