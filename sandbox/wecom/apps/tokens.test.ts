import { describe, expect, it } from 'vitest'
import { openProvider } from '../../testing/open-provider.ts'
import { openSandbox } from '../../testing/open-sandbox.ts'

describe('access tokens', () => {
  it('stay the same within two hours and are long, as WeCom says to keep 512 bytes for them', async () => {
    const { wecomToken, get, env } = await openSandbox()
    const token = await wecomToken()
    expect(await wecomToken()).toBe(token)
    expect(token.length).toBeGreaterThan(150)
    expect(
      await get(
        `/wecom/cgi-bin/gettoken?corpid=${env.WECOM_CORP_ID}&corpsecret=${env.WECOM_AGENT_SECRET}`,
      ),
    ).toMatchObject({
      errcode: 0,
      errmsg: 'ok',
      expires_in: 7200,
    })
  })

  it('expire when the clock passes two hours, and a new one is another', async () => {
    const { wecomToken, get, post } = await openSandbox()
    const token = await wecomToken()
    await post('/_sandbox/clock', { advanceSeconds: 7199 })
    expect(await get(`/wecom/cgi-bin/get_jsapi_ticket?access_token=${token}`)).toMatchObject({
      errcode: 0,
    })
    await post('/_sandbox/clock', { advanceSeconds: 2 })
    const { errcode, errmsg } = await get(`/wecom/cgi-bin/get_jsapi_ticket?access_token=${token}`)
    expect(errcode).toBe(42001)
    expect(errmsg).toMatch(
      /^access_token expired, hint: \[\d+_\d+_[0-9a-f]{32}\], from ip: 127\.0\.0\.1, more info at https:\/\/open\.work\.weixin\.qq\.com\/devtool\/query\?e=42001$/,
    )
    expect(await wecomToken()).not.toBe(token)
  })

  it('can be withdrawn early, after which the same secret gives another', async () => {
    const { wecomToken, get, post } = await openSandbox()
    const token = await wecomToken()
    expect(await post('/_sandbox/tokens/revoke', { service: 'wecom' })).toEqual({ revoked: 1 })
    expect(await get(`/wecom/cgi-bin/user/get?access_token=${token}&userid=HanXue`)).toMatchObject({
      errcode: 40014,
    })
    expect(await wecomToken()).not.toBe(token)
  })

  it('outlive a restart of the sandbox, as they would outlive one of ours', async () => {
    const before = await openSandbox()
    const token = await before.wecomToken()
    const { ticket } = await before.wecom('ticket/get', { type: 'agent_config' })
    await before.close()
    const { get, post, wecom } = await openSandbox()
    const url = `/wecom/cgi-bin/user/get?access_token=${token}&userid=HanXue`
    expect(await get(url)).toMatchObject({ errcode: 0 })
    expect((await wecom('ticket/get', { type: 'agent_config' })).ticket).toBe(ticket)
    await post('/_sandbox/tokens/revoke', {})
    expect(await get(url)).toMatchObject({ errcode: 40014 })
  })

  it('are refused when missing, invented, or of the other platform', async () => {
    const { get, post, env } = await openSandbox()
    const body = {
      grant_type: 'client_credential',
      appid: env.OFFICIAL_ACCOUNT_APP_ID,
      secret: env.OFFICIAL_ACCOUNT_APP_SECRET,
    }
    const { access_token: foreign } = await post('/wechat/cgi-bin/stable_token', body)
    expect(await get('/wecom/cgi-bin/get_jsapi_ticket')).toMatchObject({ errcode: 41001 })
    expect(await get('/wecom/cgi-bin/get_jsapi_ticket?access_token=nonsense')).toMatchObject({
      errcode: 40014,
    })
    expect(
      await get(`/wecom/cgi-bin/get_jsapi_ticket?access_token=${String(foreign)}`),
    ).toMatchObject({ errcode: 40014 })
  })

  it.each([
    ['', 41002],
    ['corpid=ww7c1d4e0fa2b95836', 41004],
    ['corpid=ww0000&corpsecret=x', 40013],
    ['corpid=ww7c1d4e0fa2b95836&corpsecret=wrong', 40001],
  ])('are not given for "%s"', async (query, errcode) => {
    const { get } = await openSandbox()
    expect(await get(`/wecom/cgi-bin/gettoken?${query}`)).toMatchObject({ errcode })
  })
})

describe('tickets', () => {
  it('differ for corp and app', async () => {
    const { wecom } = await openSandbox()
    const corp = await wecom('get_jsapi_ticket')
    const agent = await wecom('ticket/get', { type: 'agent_config' })
    expect(corp).toMatchObject({ errcode: 0, expires_in: 7200 })
    expect(agent).toMatchObject({ errcode: 0, expires_in: 7200 })
    expect(agent.ticket).not.toBe(corp.ticket)
    expect(await wecom('ticket/get', { type: 'jsapi' })).toMatchObject({ errcode: 40058 })
  })

  it('run out after 100 reads of one app in an hour, and come back an hour later', async () => {
    const { wecomToken, get, post } = await openSandbox()
    const url = `/wecom/cgi-bin/ticket/get?type=agent_config&access_token=${await wecomToken()}`
    for (let read = 0; read < 100; read += 1) expect((await get(url)).errcode).toBe(0)
    expect(await get(url)).toMatchObject({
      errcode: 45009,
      errmsg: expect.stringContaining('api freq out of limit'),
    })
    await post('/_sandbox/clock', { advanceSeconds: 3601 })
    expect((await get(url)).errcode).toBe(0)
  })

  it('are 400 an hour for all apps of a corp', async () => {
    const sandbox = await openSandbox()
    const provider = await openProvider(sandbox)
    const read = async (token: string) =>
      (await sandbox.get(`/wecom/cgi-bin/get_jsapi_ticket?access_token=${token}`)).errcode
    const readHundred = async (token: string) => {
      for (let count = 0; count < 100; count += 1) expect(await read(token)).toBe(0)
    }
    await readHundred(await sandbox.wecomToken())
    await readHundred((await provider.install(provider.suite.id)).token)
    const installAndRead = async () => {
      const { agentId, token } = await provider.install()
      await readHundred(token)
      await provider.happen('install.cancel', { agentId })
    }
    await installAndRead()
    await installAndRead()
    expect(await read((await provider.install()).token)).toBe(45009)
  })
})

describe('addresses', () => {
  it('other than the allowed ones are told so, with their own', async () => {
    const { wecom, post, knock } = await openSandbox()
    expect(await wecom('getcallbackip')).toMatchObject({ ip_list: [expect.any(String)] })
    await post('/_sandbox/happenings/app.allow-ips', { ips: ['10.0.0.7'] })
    const { errcode, errmsg } = await wecom('get_api_domain_ip')
    expect(errcode).toBe(60020)
    expect(errmsg).toMatch(/^not allow to access from your ip, hint: .+, from ip: 127\.0\.0\.1, /)
    await post('/_sandbox/happenings/app.allow-ips', { ips: ['10.0.0.7', '127.0.0.1'] })
    expect(await wecom('get_api_domain_ip')).toMatchObject({ errcode: 0 })
    expect(
      (await knock('POST', '/_sandbox/happenings/app.allow-ips', { ips: ['here'] })).status,
    ).toBe(400)
  })
})

it('the desk is told when the server holds the credentials of another app than the scene’s', async () => {
  const sandbox = await openSandbox({ scene: 'demo' })
  const isOther = async () => (await sandbox.state()).isOtherApp
  const token = (corpId: string, secret: string) =>
    sandbox.get(`/wecom/cgi-bin/gettoken?corpid=${corpId}&corpsecret=${secret}`)
  expect(await isOther()).toBe(false)
  // The server was started for the demo's app, whoever opens the desk, and however late.
  await sandbox.post('/_sandbox/reset', { scene: 'customized-app' })
  expect(await isOther()).toBe(true)
  await sandbox.post('/_sandbox/reset', { scene: 'customized-app' })
  expect(await isOther()).toBe(true)
  // Started again with what the sandbox hands out, it is right.
  const { env } = (await sandbox.get('/_sandbox/credentials')) as { env: Record<string, string> }
  await token(env.WECOM_CORP_ID ?? '', env.WECOM_AGENT_SECRET ?? '')
  expect(await isOther()).toBe(false)
  await sandbox.post('/_sandbox/reset', { scene: 'empty' })
  expect(await isOther()).toBe(true)
  await token(sandbox.env.WECOM_CORP_ID ?? '', sandbox.env.WECOM_AGENT_SECRET ?? '')
  expect(await isOther()).toBe(false)
  // No secret, no proof.
  await token(sandbox.env.WECOM_CORP_ID ?? '', 'wrong')
  expect(await isOther()).toBe(false)
})
