import { describe, expect, it } from 'vitest'
import { appids, openWechat, openids, type OpenedWechat } from '../../testing/open-wechat.ts'
import { accounts } from '../../scenes/accounts.ts'

async function signIn({ env, get, post }: OpenedWechat, scope: string) {
  const { code } = await post('/_sandbox/codes', { kind: 'official', customerId: 'linyue', scope })
  const given = {
    appid: env.OFFICIAL_ACCOUNT_APP_ID ?? '',
    secret: env.OFFICIAL_ACCOUNT_APP_SECRET ?? '',
  }
  const query = new URLSearchParams({
    ...given,
    code: String(code),
    grant_type: 'authorization_code',
  })
  return {
    url: `/wechat/sns/oauth2/access_token?${query}`,
    ...(await get(`/wechat/sns/oauth2/access_token?${query}`)),
  } as Record<string, unknown>
}

describe('web sign-in', () => {
  it('gives the unionid only with snsapi_userinfo, and then the profile', async () => {
    const wechat = await openWechat()
    const silent = await signIn(wechat, 'snsapi_base')
    expect(silent).toMatchObject({
      openid: openids.linyue.service,
      scope: 'snsapi_base',
      expires_in: 7200,
    })
    expect(silent).not.toHaveProperty('unionid')
    expect(silent).not.toHaveProperty('errcode')
    const open = await signIn(wechat, 'snsapi_userinfo')
    expect(open).toMatchObject({ unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1' })
    const profile = (token: unknown) =>
      wechat.get(
        `/wechat/sns/userinfo?access_token=${String(token)}&openid=${String(open.openid)}&lang=zh_CN`,
      )
    expect(await profile(open.access_token)).toMatchObject({
      nickname: '林悦',
      unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1',
    })
    expect(await profile(silent.access_token)).toMatchObject({ errcode: 48001 })
  })

  it('refuses a used code with 40163 and a late one with 42003', async () => {
    const wechat = await openWechat()
    const { url } = await signIn(wechat, 'snsapi_base')
    expect(await wechat.get(String(url))).toMatchObject({ errcode: 40163 })
    const { code } = await wechat.post('/_sandbox/codes', {
      kind: 'official',
      customerId: 'linyue',
    })
    await wechat.post('/_sandbox/clock', { advanceSeconds: 301 })
    expect(
      await wechat.get(String(url).replace(/code=[^&]+/, `code=${String(code)}`)),
    ).toMatchObject({ errcode: 42003 })
  })

  it('is only for verified service accounts', async () => {
    const { get, happen } = await openWechat()
    const { appid, secret } = accounts.wechat.subscription
    const rest = 'code=x&grant_type=authorization_code'
    expect(
      await get(`/wechat/sns/oauth2/access_token?appid=${appid}&secret=${secret}&${rest}`),
    ).toMatchObject({ errcode: 48001 })
    await happen('account.verification', { appid: appids.service, isVerified: false })
    const service = accounts.officialAccount
    expect(
      await get(
        `/wechat/sns/oauth2/access_token?appid=${service.appid}&secret=${service.secret}&${rest}`,
      ),
    ).toMatchObject({
      errcode: 48001,
    })
  })

  it('lasts two hours, is asked for with sns/auth and renewed for thirty days with sns/oauth2/refresh_token', async () => {
    const wechat = await openWechat()
    const {
      access_token: token,
      refresh_token: refresh,
      openid,
    } = await signIn(wechat, 'snsapi_userinfo')
    const check = (one: unknown, who = openid) =>
      wechat.get(`/wechat/sns/auth?access_token=${String(one)}&openid=${String(who)}`)
    expect(await check(token)).toEqual({ errcode: 0, errmsg: 'ok' })
    expect(await check(token, 'another')).toMatchObject({ errcode: 40003 })
    expect(await check('nonsense')).toMatchObject({ errcode: 40001 })
    await wechat.post('/_sandbox/clock', { advanceSeconds: 7200 })
    expect(await check(token)).toMatchObject({ errcode: 42001 })
    const renew = (one: unknown) =>
      wechat.get(
        `/wechat/sns/oauth2/refresh_token?appid=${appids.service}&grant_type=refresh_token&refresh_token=${String(one)}`,
      )
    const renewed = await renew(refresh)
    expect(renewed).toMatchObject({
      expires_in: 7200,
      refresh_token: refresh,
      openid,
      scope: 'snsapi_userinfo',
    })
    expect(await check(renewed.access_token)).toMatchObject({ errcode: 0 })
    expect(await renew('nonsense')).toMatchObject({ errcode: 40030 })
    await wechat.post('/_sandbox/clock', { advanceSeconds: 20 * 86_400 })
    expect(await renew(refresh)).toMatchObject({ refresh_token: refresh })
    // Thirty days after the sign-in, however often it was used.
    await wechat.post('/_sandbox/clock', { advanceSeconds: 10 * 86_400 })
    expect(await renew(refresh)).toMatchObject({ errcode: 42002 })
  })

  it('on a snapshot page gives a made-up identity and says so', async () => {
    const wechat = await openWechat()
    await wechat.happen('account.snapshotPage', { customerId: 'linyue', isSnapshot: true })
    const seen = await signIn(wechat, 'snsapi_userinfo')
    expect(seen).toMatchObject({
      is_snapshotuser: 1,
      unionid: expect.not.stringContaining('oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1'),
    })
    expect(seen.openid).not.toBe(openids.linyue.service)
    const profile = await wechat.get(
      `/wechat/sns/userinfo?access_token=${String(seen.access_token)}&openid=${String(seen.openid)}`,
    )
    expect(profile).toMatchObject({
      nickname: '微信用户',
      openid: seen.openid,
      unionid: seen.unionid,
    })
    expect(await signIn(wechat, 'snsapi_base')).toMatchObject({ openid: openids.linyue.service })
  })
})
