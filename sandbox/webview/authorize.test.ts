import { describe, expect, it } from 'vitest'
import { openSandbox, type OpenedSandbox } from '../testing/open-sandbox.ts'

async function rep(sandbox: OpenedSandbox) {
  return (await sandbox.webview({ device: 'wecom', userId: 'ZhouXiaolan', url: '/sidebar/' })).id
}

async function phone(sandbox: OpenedSandbox) {
  return (await sandbox.webview({ device: 'wechat', userId: 'linyue', url: '/h5/' })).id
}

function ask(
  sandbox: OpenedSandbox,
  webview: string,
  query: Record<string, string>,
  allow?: boolean,
) {
  const usual = {
    redirect_uri: `${sandbox.webviewOrigin}/auth/callback?to=1`,
    response_type: 'code',
    scope: 'snsapi_base',
    state: 'abc123',
  }
  return sandbox.post('/open/_code', {
    webview,
    query: `?${new URLSearchParams({ ...usual, ...query })}`,
    allow,
  })
}

describe('the authorize page in WeCom', () => {
  it('sends the member back with a code of theirs and the state', async () => {
    const sandbox = await openSandbox()
    const { redirect } = await ask(sandbox, await rep(sandbox), {
      appid: sandbox.env.WECOM_CORP_ID ?? '',
      agentid: '1000002',
    })
    const back = new URL(String(redirect))
    expect(back.href).toMatch(`${sandbox.webviewOrigin}/auth/callback?to=1&code=`)
    expect(back.searchParams.get('state')).toBe('abc123')
    expect(
      await sandbox.wecom('auth/getuserinfo', { code: back.searchParams.get('code') ?? '' }),
    ).toMatchObject({ userid: 'ZhouXiaolan' })
  })

  it.each([
    [{ appid: 'wwunknown' }, 'AppID 参数错误'],
    [{ redirect_uri: 'http://elsewhere.example.com/' }, 'redirect_uri 参数错误'],
    [{ redirect_uri: 'http://localhost:1/' }, 'redirect_uri 参数错误'],
    [{ redirect_uri: 'nonsense' }, 'redirect_uri 参数错误'],
    [{ agentid: '7' }, 'agentid 参数错误'],
    [{ scope: 'snsapi_userinfo' }, 'Scope 参数错误或没有 Scope 权限'],
    [{ state: 'has-a-hyphen' }, 'state 参数错误'],
    [{ response_type: 'token' }, 'response_type 参数错误'],
  ])('refuses %o with the platform’s words', async (wrong, error) => {
    const sandbox = await openSandbox()
    expect(
      await ask(sandbox, await rep(sandbox), { appid: sandbox.env.WECOM_CORP_ID ?? '', ...wrong }),
    ).toEqual({ error })
  })

  it('is no page for a browser or for the other client', async () => {
    const sandbox = await openSandbox()
    const appid = sandbox.env.WECOM_CORP_ID ?? ''
    expect(await ask(sandbox, '', { appid })).toEqual({ error: '请在企业微信客户端打开链接' })
    expect(
      await ask(sandbox, await rep(sandbox), { appid: sandbox.env.OFFICIAL_ACCOUNT_APP_ID ?? '' }),
    ).toEqual({
      error: '请在微信客户端打开链接',
    })
    const page = await (
      await fetch(`${sandbox.origin}/open/connect/oauth2/authorize?appid=${appid}`)
    ).text()
    expect(page).toContain('请在企业微信客户端打开链接')
  })

  it('gives a code that is worth nothing once its domain is no longer trusted', async () => {
    const sandbox = await openSandbox()
    const { redirect } = await ask(sandbox, await rep(sandbox), {
      appid: sandbox.env.WECOM_CORP_ID ?? '',
    })
    await sandbox.post('/_sandbox/trusted-hosts', { hosts: ['crm.example.com'] })
    expect(
      await sandbox.wecom('auth/getuserinfo', {
        code: new URL(String(redirect)).searchParams.get('code') ?? '',
      }),
    ).toMatchObject({
      errcode: 50001,
    })
  })
})

describe('the authorize page in WeChat', () => {
  it('is silent for snsapi_base and asks for snsapi_userinfo', async () => {
    const sandbox = await openSandbox()
    const webview = await phone(sandbox)
    const appid = sandbox.env.OFFICIAL_ACCOUNT_APP_ID ?? ''
    expect(await ask(sandbox, webview, { appid })).toEqual({
      redirect: expect.stringContaining('code='),
    })
    expect(await ask(sandbox, webview, { appid, scope: 'snsapi_userinfo' })).toMatchObject({
      consent: { name: '林悦' },
    })
    expect(await ask(sandbox, webview, { appid, scope: 'snsapi_userinfo' }, true)).toEqual({
      redirect: expect.stringContaining('code='),
    })
    expect(await ask(sandbox, webview, { appid, scope: 'snsapi_userinfo' }, false)).toEqual({
      redirect: expect.not.stringContaining('code='),
    })
  })
})
