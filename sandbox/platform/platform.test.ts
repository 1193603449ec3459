import { describe, expect, it } from 'vitest'
import { openSandbox } from '../testing/open-sandbox.ts'

describe('frequency', () => {
  it('refuses what is over the base limit, and everything for a minute after it', async () => {
    const { wecom, post, wecomToken, get } = await openSandbox()
    const token = await wecomToken()
    const read = () => get(`/wecom/cgi-bin/user/get?access_token=${token}&userid=HanXue`)
    await post('/_sandbox/happenings/platform.limits', { perMinute: 3 })
    for (let call = 0; call < 3; call += 1) expect(await read()).toMatchObject({ errcode: 0 })
    expect(await read()).toMatchObject({
      errcode: 45009,
      errmsg: expect.stringContaining('api freq out of limit, hint: ['),
    })
    // Another method has a limit of its own.
    expect(await get(`/wecom/cgi-bin/department/simplelist?access_token=${token}`)).toMatchObject({
      errcode: 0,
    })
    await post('/_sandbox/clock', { advanceSeconds: 59 })
    expect(await read()).toMatchObject({ errcode: 45009 })
    await post('/_sandbox/clock', { advanceSeconds: 2 })
    expect(await read()).toMatchObject({ errcode: 0 })
    await post('/_sandbox/happenings/platform.limits', {})
    for (let call = 0; call < 4; call += 1)
      expect(await wecom('user/get', { userid: 'HanXue' })).toMatchObject({ errcode: 0 })
  })

  it('blocks for an hour when an hour is used up, and counts neither messages nor sign-ins', async () => {
    const { post, wecomToken, get, wecom } = await openSandbox()
    const token = await wecomToken()
    const read = () => get(`/wecom/cgi-bin/user/get?access_token=${token}&userid=HanXue`)
    await post('/_sandbox/happenings/platform.limits', { perMinute: null, perHour: 2 })
    await read()
    await read()
    expect(await read()).toMatchObject({ errcode: 45009 })
    await post('/_sandbox/clock', { advanceSeconds: 3500 })
    expect(await read()).toMatchObject({ errcode: 45009 })
    await post('/_sandbox/clock', { advanceSeconds: 101 })
    expect(await read()).toMatchObject({ errcode: 0 })
    await post('/_sandbox/happenings/platform.limits', { perMinute: 1 })
    for (let call = 0; call < 3; call += 1) {
      expect(
        await get(`/wecom/cgi-bin/auth/getuserinfo?access_token=${token}&code=none`),
      ).toMatchObject({ errcode: 40029 })
    }
    expect(await wecom('user/get', { userid: 'HanXue' })).toMatchObject({ errcode: 0 })
  })
})

describe('a platform that is busy', () => {
  it('answers the next calls with -1, or some of them', async () => {
    const { get, post, wecomToken } = await openSandbox()
    const token = await wecomToken()
    const read = () => get(`/wecom/cgi-bin/user/get?access_token=${token}&userid=HanXue`)
    await post('/_sandbox/happenings/platform.busy', { times: 2 })
    expect(await read()).toMatchObject({
      errcode: -1,
      errmsg: expect.stringContaining('system busy'),
    })
    expect(await read()).toMatchObject({ errcode: -1 })
    expect(await read()).toMatchObject({ errcode: 0 })
    await post('/_sandbox/happenings/platform.busy', { rate: 1 })
    expect(await read()).toMatchObject({ errcode: -1 })
    await post('/_sandbox/happenings/platform.busy', {})
    expect(await read()).toMatchObject({ errcode: 0 })
  })
})

describe('a call of the wrong form', () => {
  it('is read by WeCom as far as it goes, with a warning before the words of a failure and after those of a success', async () => {
    const { knock, wecomToken } = await openSandbox()
    const token = await wecomToken()
    const broken = await knock(
      'POST',
      `/wecom/cgi-bin/externalcontact/groupchat/get?access_token=${token}`,
      '{"chat_id":',
    )
    expect(broken.body.errcode).not.toBe(0)
    expect(broken.body.errmsg).toMatch(/^Warning: wrong json format\. .+, hint: \[/)
    const read = await knock(
      'POST',
      `/wecom/cgi-bin/externalcontact/get_corp_tag_list?access_token=${token}`,
      '{"tag_id":',
    )
    expect(read.body).toMatchObject({ errcode: 0, errmsg: 'ok. Warning: wrong json format. ' })
  })

  it('leaves no warning behind for the next caller', async () => {
    const { knock, wecomToken } = await openSandbox()
    const url = `/wecom/cgi-bin/menu/delete?access_token=${await wecomToken()}&agentid=1000002`
    expect((await knock('POST', url, '{oops')).body).toMatchObject({
      errcode: 0,
      errmsg: 'ok. Warning: wrong json format. ',
    })
    expect((await knock('GET', url)).body).toEqual({ errcode: 0, errmsg: 'ok' })
  })

  it('is refused by WeChat: another verb, no body, no JSON', async () => {
    const { knock } = await openSandbox()
    expect((await knock('GET', '/wechat/cgi-bin/stable_token')).body).toMatchObject({
      errcode: 43002,
    })
    expect((await knock('POST', '/wechat/cgi-bin/token', {})).body).toMatchObject({
      errcode: 43001,
    })
    expect((await knock('POST', '/wechat/cgi-bin/stable_token', '')).body).toMatchObject({
      errcode: 44002,
    })
    const broken = await knock('POST', '/wechat/cgi-bin/stable_token', '{oops')
    expect(broken.body).toMatchObject({
      errcode: 47001,
      errmsg: expect.stringMatching(/^data format error rid: [0-9a-f]+-/),
    })
  })

  it('is a 404 or 413 of the sandbox when there is no such method or too much of a body, and is remembered', async () => {
    const { knock, get } = await openSandbox()
    const unknown = await knock('GET', '/wecom/cgi-bin/nothing/here')
    expect(unknown).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining('/_sandbox/ledger') },
    })
    // Clients that look at nothing else than the errcode would take it for a success.
    expect(unknown.body).toMatchObject({ errcode: 404, errmsg: unknown.body.error })
    const ofWechat = await knock('POST', '/wechat/cgi-bin/nothing/here', {})
    expect(ofWechat.body).toMatchObject({ errcode: 404 })
    const long = await knock('POST', '/wechat/cgi-bin/stable_token', ' '.repeat(25_000_001))
    expect(long).toMatchObject({
      status: 413,
      body: { errcode: 413, error: expect.stringContaining('longer') },
    })
    expect((await get('/_sandbox/calls')).items).toMatchObject([
      { status: 404, errcode: 404 },
      { status: 404 },
      { status: 413 },
    ])
  })
})

describe('what is remembered of a call', () => {
  it('has its body, without secrets at any depth', async () => {
    const { knock, get, wecomToken } = await openSandbox()
    const body = { chat_id: 'x', nested: [{ permanent_code: 'abcdefghijklmnop', note: 'stays' }] }
    await knock(
      'POST',
      `/wecom/cgi-bin/externalcontact/groupchat/get?access_token=${await wecomToken()}`,
      body,
    )
    const { items } = await get('/_sandbox/calls?path=/cgi-bin/externalcontact/groupchat/get')
    expect(items).toMatchObject([
      { body: { chat_id: 'x', nested: [{ permanent_code: 'abcdef…', note: 'stays' }] } },
    ])
  })
})
