import { describe, expect, it } from 'vitest'
import { appids, openWechat } from '../../testing/open-wechat.ts'

describe('daily quotas', () => {
  it('refuse with 45009 when they are used up, are told by cgi-bin/openapi/quota/get and begin anew at midnight in Beijing', async () => {
    const { as, happen, post } = await openWechat()
    const path = '/cgi-bin/user/get'
    const quota = (cgi_path = path) => as('service', 'cgi-bin/openapi/quota/get', { cgi_path })
    expect(await quota()).toEqual({
      errcode: 0,
      errmsg: 'ok',
      quota: { daily_limit: 500, used: 0, remain: 500 },
    })
    await happen('account.limit', { appid: appids.service, path, daily: 2 })
    for (const used of [1, 2]) {
      expect(await as('service', 'cgi-bin/user/get')).toMatchObject({ total: 2 })
      expect(await quota()).toMatchObject({ quota: { daily_limit: 2, used, remain: 2 - used } })
    }
    expect(await as('service', 'cgi-bin/user/get')).toMatchObject({ errcode: 45009 })
    expect(await as('subscription', 'cgi-bin/user/get')).toMatchObject({ total: 0 })
    await post('/_sandbox/clock', { advanceSeconds: 86_400 })
    expect(await as('service', 'cgi-bin/user/get')).toMatchObject({ total: 2 })
    expect(await quota('/cgi-bin/nonsense')).toMatchObject({ errcode: 76021 })
  })

  it('by the minute refuse with 45011', async () => {
    const { as, happen, post } = await openWechat()
    await happen('account.limit', {
      appid: appids.service,
      path: '/cgi-bin/tags/get',
      perMinute: 1,
    })
    expect(await as('service', 'cgi-bin/tags/get')).toHaveProperty('tags')
    expect(await as('service', 'cgi-bin/tags/get')).toMatchObject({ errcode: 45011 })
    await post('/_sandbox/clock', { advanceSeconds: 60 })
    expect(await as('service', 'cgi-bin/tags/get')).toHaveProperty('tags')
  })

  it('are cleared by cgi-bin/clear_quota and cgi-bin/clear_quota/v2, together ten times a month', async () => {
    const { as, happen, env, post } = await openWechat()
    await happen('account.limit', { appid: appids.service, path: '/cgi-bin/tags/get', daily: 1 })
    const clear = () => as('service', 'cgi-bin/clear_quota', { appid: appids.service })
    await as('service', 'cgi-bin/tags/get')
    expect(await as('service', 'cgi-bin/clear_quota', { appid: appids.miniprogram })).toMatchObject(
      { errcode: 40013 },
    )
    expect(await as('service', 'cgi-bin/tags/get')).toMatchObject({ errcode: 45009 })
    expect(await clear()).toEqual({ errcode: 0, errmsg: 'ok' })
    expect(await as('service', 'cgi-bin/tags/get')).toHaveProperty('tags')
    const query = new URLSearchParams({
      appid: appids.service,
      appsecret: env.OFFICIAL_ACCOUNT_APP_SECRET ?? '',
    })
    expect(await post(`/wechat/cgi-bin/clear_quota/v2?${query}`, {})).toMatchObject({ errcode: 0 })
    for (let done = 2; done < 10; done += 1) expect(await clear()).toMatchObject({ errcode: 0 })
    expect(await clear()).toMatchObject({ errcode: 48006 })
  })
})

describe('who may call', () => {
  it('is only an address of the allow-list, when there is one', async () => {
    const { env, get, happen } = await openWechat()
    const read = () =>
      get(
        `/wechat/cgi-bin/token?grant_type=client_credential&appid=${appids.miniprogram}&secret=${env.MINIPROGRAM_APP_SECRET ?? ''}`,
      )
    await happen('account.allowIps', { appid: appids.miniprogram, ips: ['203.0.113.9'] })
    expect(await read()).toMatchObject({
      errcode: 40164,
      errmsg: expect.stringContaining('invalid ip 127.0.0.1'),
    })
    await happen('account.allowIps', { appid: appids.miniprogram, ips: ['127.0.0.1'] })
    expect(await read()).toHaveProperty('access_token')
  })

  it('needs a token of the right kind of account', async () => {
    const { as, get, wecomToken } = await openWechat()
    expect(await as('miniprogram', 'cgi-bin/user/get')).toMatchObject({ errcode: 48001 })
    expect(await as('service', 'wxa/getwxacodeunlimit', { scene: 'a' })).toMatchObject({
      errcode: 48001,
    })
    expect(await get('/wechat/cgi-bin/user/get')).toMatchObject({ errcode: 41001 })
    expect(await get('/wechat/cgi-bin/user/get?access_token=nonsense')).toMatchObject({
      errcode: 40001,
    })
    expect(await get(`/wechat/cgi-bin/user/get?access_token=${await wecomToken()}`)).toMatchObject({
      errcode: 40014,
    })
  })

  it('loses what needs verification when the verification runs out', async () => {
    const { as, happen } = await openWechat()
    await happen('account.verification', { appid: appids.subscription, isVerified: false })
    expect(await as('subscription', 'cgi-bin/user/get')).toMatchObject({ errcode: 48001 })
    expect(await as('subscription', 'cgi-bin/getcallbackip')).toHaveProperty('ip_list')
  })
})

it('tells addresses with cgi-bin/getcallbackip and cgi-bin/get_api_domain_ip, and the network with cgi-bin/callback/check', async () => {
  const { as } = await openWechat()
  expect(await as('service', 'cgi-bin/getcallbackip')).toEqual({ ip_list: ['127.0.0.1'] })
  expect(await as('service', 'cgi-bin/get_api_domain_ip')).toEqual({ ip_list: ['127.0.0.1'] })
  const check = (action: string, check_operator = 'DEFAULT') =>
    as('service', 'cgi-bin/callback/check', { action, check_operator })
  expect(await check('all')).toMatchObject({
    dns: [{ ip: '127.0.0.1' }],
    ping: [{ package_loss: '0%' }],
  })
  expect(await check('dns')).not.toHaveProperty('ping')
  expect(await check('both')).toMatchObject({ errcode: 40202 })
  expect(await check('all', 'NOBODY')).toMatchObject({ errcode: 40203 })
})
