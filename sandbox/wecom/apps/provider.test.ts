import { describe, expect, it } from 'vitest'
import { openProvider } from '../../testing/open-provider.ts'
import { openSandbox } from '../../testing/open-sandbox.ts'

async function open() {
  const sandbox = await openSandbox()
  return { sandbox, provider: await openProvider(sandbox) }
}

describe('a provider’s token', () => {
  it('comes for corpid and secret, without an errcode', async () => {
    const { sandbox, provider } = await open()
    const get = (body: object) => sandbox.post('/wecom/cgi-bin/service/get_provider_token', body)
    const reply = await get({ corpid: provider.corpId, provider_secret: provider.secret })
    expect(reply).toEqual({ provider_access_token: expect.any(String), expires_in: 7200 })
    expect(await get({ corpid: provider.corpId, provider_secret: 'wrong' })).toMatchObject({
      errcode: 40001,
    })
    expect(await get({ corpid: 'wwother', provider_secret: provider.secret })).toMatchObject({
      errcode: 40013,
    })
    expect(await get({})).toMatchObject({ errcode: 41002 })
  })

  it('tells the encrypted id of a corp, and is no other token', async () => {
    const { sandbox, provider } = await open()
    const corpid = sandbox.env.WECOM_CORP_ID
    const { open_corpid } = await provider.asProvider('service/corpid_to_opencorpid', { corpid })
    expect(open_corpid).toMatch(/^wp\w{30}$/)
    expect(
      await provider.asProvider('service/corpid_to_opencorpid', { corpid: 'wwother' }),
    ).toMatchObject({ errcode: 40013 })
    const path = '/wecom/cgi-bin/service/corpid_to_opencorpid'
    expect(await sandbox.post(path, { corpid })).toMatchObject({ errcode: 41001 })
    expect(
      await sandbox.post(`${path}?provider_access_token=${await sandbox.wecomToken()}`, { corpid }),
    ).toMatchObject({ errcode: 40014 })
    const token = await provider.providerToken()
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 7201 })
    expect(await sandbox.post(`${path}?provider_access_token=${token}`, { corpid })).toMatchObject({
      errcode: 42001,
    })
  })
})

describe('a suite’s token', () => {
  it('needs the suite’s id, secret and a ticket of the last thirty minutes', async () => {
    const { sandbox, provider } = await open()
    const { id, secret } = provider.template
    const { suiteTicket } = await provider.happen('suite.ticket', { suiteId: id })
    const get = (more: object = {}) =>
      sandbox.post('/wecom/cgi-bin/service/get_suite_token', {
        suite_id: id,
        suite_secret: secret,
        suite_ticket: suiteTicket,
        ...more,
      })
    expect(await get()).toEqual({ suite_access_token: expect.any(String), expires_in: 7200 })
    expect(await get({ suite_id: 'dkother' })).toMatchObject({ errcode: 40083 })
    expect(await get({ suite_secret: 'wrong' })).toMatchObject({ errcode: 40080 })
    expect(await get({ suite_ticket: 'wrong' })).toMatchObject({ errcode: 40085 })
    expect(
      await get({ suite_id: provider.suite.id, suite_secret: provider.suite.secret }),
    ).toMatchObject({ errcode: 40085 })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 1800 })
    expect(await get()).toMatchObject({ errcode: 40085 })
    expect(await provider.pushed(`suite:${id}`, 'suite_ticket')).toEqual([
      expect.stringContaining(`<SuiteTicket><![CDATA[${String(suiteTicket)}]]>`),
    ])
  })

  it('is asked for, and missed when it is another’s or too old', async () => {
    const { sandbox, provider } = await open()
    const path = '/wecom/cgi-bin/service/get_pre_auth_code'
    expect(await sandbox.get(path)).toMatchObject({ errcode: 41022 })
    expect(
      await sandbox.get(`${path}?suite_access_token=${await provider.providerToken()}`),
    ).toMatchObject({ errcode: 40082 })
    const token = await provider.suiteToken()
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 7201 })
    expect(await sandbox.get(`${path}?suite_access_token=${token}`)).toMatchObject({
      errcode: 42009,
    })
  })
})
