import { describe, expect, it } from 'vitest'
import { openSandbox, type OpenedSandbox } from '../testing/open-sandbox.ts'

function miniprogram({ env }: OpenedSandbox, more: Record<string, string>): string {
  return new URLSearchParams({
    appid: env.MINIPROGRAM_APP_ID ?? '',
    secret: env.MINIPROGRAM_APP_SECRET ?? '',
    grant_type: 'authorization_code',
    ...more,
  }).toString()
}

function official({ env }: OpenedSandbox, more: Record<string, string> = {}): string {
  return new URLSearchParams({
    appid: env.OFFICIAL_ACCOUNT_APP_ID ?? '',
    secret: env.OFFICIAL_ACCOUNT_APP_SECRET ?? '',
    ...more,
  }).toString()
}

function stableToken({ env, post }: OpenedSandbox, more: Record<string, unknown> = {}) {
  const account = { appid: env.OFFICIAL_ACCOUNT_APP_ID, secret: env.OFFICIAL_ACCOUNT_APP_SECRET }
  return post('/wechat/cgi-bin/stable_token', { grant_type: 'client_credential', ...account, ...more })
}

describe('code2session', () => {
  it('tells who logged in, without an errcode, and only once', async () => {
    const sandbox = await openSandbox()
    const { code } = await sandbox.post('/_sandbox/codes', { kind: 'miniprogram', customerId: 'linyue' })
    const url = `/wechat/sns/jscode2session?${miniprogram(sandbox, { js_code: String(code) })}`
    const session = await sandbox.get(url)
    expect(session).toEqual({
      openid: 'oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8',
      unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1',
      session_key: expect.any(String),
    })
    expect(Buffer.from(String(session.session_key), 'base64')).toHaveLength(16)
    expect(await sandbox.get(url)).toMatchObject({ errcode: 40163, errmsg: expect.stringMatching(/^code been used, rid: /) })
  })

  it('refuses late and invented codes and wrong secrets', async () => {
    const sandbox = await openSandbox()
    const { code } = await sandbox.post('/_sandbox/codes', { kind: 'miniprogram', customerId: 'linyue' })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 301 })
    const call = (query: string) => sandbox.get(`/wechat/sns/jscode2session?${query}`)
    expect(await call(miniprogram(sandbox, { js_code: String(code) }))).toMatchObject({ errcode: 40029 })
    expect(await call(miniprogram(sandbox, { js_code: 'nonsense' }))).toMatchObject({ errcode: 40029 })
    expect(await call(miniprogram(sandbox, { js_code: 'x', secret: 'wrong' }))).toMatchObject({ errcode: 40125 })
    expect(await call(miniprogram(sandbox, { js_code: 'x', appid: 'wx0000000000000000' }))).toMatchObject({ errcode: 40013 })
    expect(await call(miniprogram(sandbox, {}))).toMatchObject({ errcode: 41008 })
  })
})

describe('web sign-in', () => {
  it('gives the unionid only with snsapi_userinfo, and then the profile', async () => {
    const sandbox = await openSandbox()
    const signIn = async (scope: string) => {
      const { code } = await sandbox.post('/_sandbox/codes', { kind: 'official', customerId: 'linyue', scope })
      return sandbox.get(`/wechat/sns/oauth2/access_token?${official(sandbox, { code: String(code), grant_type: 'authorization_code' })}`)
    }
    const silent = await signIn('snsapi_base')
    expect(silent).toMatchObject({ openid: 'oGzh4s8KfXq2Vw6RbT1yLd9NmJc0', scope: 'snsapi_base', expires_in: 7200 })
    expect(silent).not.toHaveProperty('unionid')
    expect(silent).not.toHaveProperty('errcode')
    const open = await signIn('snsapi_userinfo')
    expect(open).toMatchObject({ unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1' })
    const profile = (token: unknown) =>
      sandbox.get(`/wechat/sns/userinfo?access_token=${String(token)}&openid=${String(open.openid)}&lang=zh_CN`)
    expect(await profile(open.access_token)).toMatchObject({ nickname: '林悦', unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1' })
    expect(await profile(silent.access_token)).toMatchObject({ errcode: 48001 })
  })

  it('refuses a used code with 40163 and a late one with 42003', async () => {
    const sandbox = await openSandbox()
    const make = async () => String((await sandbox.post('/_sandbox/codes', { kind: 'official', customerId: 'linyue' })).code)
    const spend = (code: string) =>
      sandbox.get(`/wechat/sns/oauth2/access_token?${official(sandbox, { code, grant_type: 'authorization_code' })}`)
    const [first, second] = [await make(), await make()]
    await spend(first)
    expect(await spend(first)).toMatchObject({ errcode: 40163 })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 301 })
    expect(await spend(second)).toMatchObject({ errcode: 42003 })
  })
})

describe('followers', () => {
  it('have a unionid while they follow, nothing but their openid when they do not', async () => {
    const sandbox = await openSandbox()
    const { access_token: token } = await stableToken(sandbox)
    const fan = (openid: string) => sandbox.get(`/wechat/cgi-bin/user/info?access_token=${String(token)}&openid=${openid}&lang=zh_CN`)
    expect(await fan('oGzh4s8KfXq2Vw6RbT1yLd9NmJc0')).toMatchObject({ subscribe: 1, unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1' })
    expect(await fan('oGzh4s3LtPv7Ym1HcQ8xRk5WdEa2')).toEqual({ subscribe: 0, openid: 'oGzh4s3LtPv7Ym1HcQ8xRk5WdEa2' })
    await sandbox.post('/_sandbox/subscriptions', { customerId: 'chenguodong', subscribed: true })
    expect(await fan('oGzh4s3LtPv7Ym1HcQ8xRk5WdEa2')).toMatchObject({ subscribe: 1, unionid: 'oLcUn6f1ZrGm7Tc4WpK9bQx2HvD5' })
    expect(await fan('nobody')).toMatchObject({ errcode: 40003 })
  })
})

describe('tokens', () => {
  it('are stable within validity and replaced at once by a forced refresh, at most every 30 seconds', async () => {
    const sandbox = await openSandbox()
    const first = await stableToken(sandbox)
    expect(first).toEqual({ access_token: expect.any(String), expires_in: 7200 })
    expect((await stableToken(sandbox)).access_token).toBe(first.access_token)
    const forced = await stableToken(sandbox, { force_refresh: true })
    expect(forced.access_token).not.toBe(first.access_token)
    expect(await sandbox.get(`/wechat/cgi-bin/ticket/getticket?type=jsapi&access_token=${String(first.access_token)}`)).toMatchObject({
      errcode: 40001,
    })
    expect(await stableToken(sandbox, { force_refresh: true })).toMatchObject({ errcode: 45011 })
  })

  it('of the older kind push each other out after five minutes', async () => {
    const sandbox = await openSandbox()
    const read = () => sandbox.get(`/wechat/cgi-bin/token?${official(sandbox, { grant_type: 'client_credential' })}`)
    const ticket = (token: unknown) => sandbox.get(`/wechat/cgi-bin/ticket/getticket?type=jsapi&access_token=${String(token)}`)
    const first = await read()
    const second = await read()
    expect(second.access_token).not.toBe(first.access_token)
    expect(await ticket(first.access_token)).toMatchObject({ errcode: 0 })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 301 })
    expect(await ticket(first.access_token)).toMatchObject({ errcode: 42001 })
    expect(await ticket(second.access_token)).toMatchObject({ errcode: 0, ticket: expect.any(String) })
  })

  it('are refused for wrong accounts in the platform’s words', async () => {
    const sandbox = await openSandbox()
    expect(await stableToken(sandbox, { grant_type: 'x' })).toMatchObject({ errcode: 40002 })
    expect(await stableToken(sandbox, { appid: '' })).toMatchObject({ errcode: 41002 })
    expect(await stableToken(sandbox, { secret: '' })).toMatchObject({ errcode: 41004 })
    expect(await stableToken(sandbox, { secret: 'wrong' })).toMatchObject({
      errcode: 40125,
      errmsg: expect.stringContaining('invalid appsecret'),
    })
  })
})
