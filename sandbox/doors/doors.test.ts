import { describe, expect, it } from 'vitest'
import { openSandbox } from '../testing/open-sandbox.ts'
import { readEvents } from '../client.ts'

const gettoken = '/wecom/cgi-bin/gettoken?corpid=x&corpsecret=y'

describe('nonsense', () => {
  it.each([
    ['/_sandbox/webviews', {}],
    ['/_sandbox/webviews', { device: 'wecom', userId: 'Nobody', url: '/' }],
    ['/_sandbox/webviews', { device: 'wecom', userId: 'ZhouXiaolan' }],
    ['/_sandbox/webviews', { device: 'wecom', userId: 'ZhouXiaolan', url: 'javascript:alert(1)' }],
    [
      '/_sandbox/webviews',
      { device: 'wechat', userId: 'linyue', miniprogram: { appid: 'wxother', page: 'pages/x' } },
    ],
    [
      '/_sandbox/webviews',
      { device: 'wecom', userId: 'ZhouXiaolan', url: '/', conversationId: 'nowhere' },
    ],
    [
      '/_sandbox/messages',
      {
        conversationId: 'zhou-lin',
        from: { kind: 'customer', id: 'hejing' },
        card: { kind: 'text', text: 'hi' },
      },
    ],
    [
      '/_sandbox/messages',
      { conversationId: 'zhou-lin', from: { kind: 'customer', id: 'linyue' } },
    ],
    [
      '/_sandbox/messages',
      {
        conversationId: 'zhou-lin',
        from: { kind: 'customer', id: 'linyue' },
        card: { kind: 'text', text: '' },
      },
    ],
    ['/_sandbox/forwards', { webviewId: 'none', conversationId: null }],
    ['/_sandbox/devices/wechat', { position: { latitude: 91, longitude: 0 } }],
    ['/_sandbox/devices/wechat', { customerId: 'nobody', locationPermission: 'granted' }],
    ['/_sandbox/location-answers', { id: 'x', allow: true }],
    ['/_sandbox/reset', { scene: 'moon' }],
    ['/_sandbox/clock', { advanceSeconds: -5 }],
    ['/_sandbox/clock', { advanceSeconds: 'soon' }],
    ['/_sandbox/faults', { path: '/cgi-bin/nothing', errcode: 1 }],
    ['/_sandbox/faults', { path: '/cgi-bin/gettoken', errcode: 1, hang: true }],
    ['/_sandbox/faults', { path: '/cgi-bin/gettoken', status: 200 }],
    ['/_sandbox/visible-range', { memberIds: ['Nobody'] }],
    ['/_sandbox/trusted-hosts', { hosts: ['http://x'] }],
    ['/_sandbox/codes', { kind: 'wecom', memberId: 'linyue' }],
    ['/_sandbox/upstream', { urls: [] }],
    ['/_sandbox/follows', { memberId: 'ZhouXiaolan', customerId: 'linyue' }],
    ['/_sandbox/clock', '{not json'],
  ])('at %s is answered with a sentence and changes nothing: %o', async (path, body) => {
    const { knock, state } = await openSandbox()
    const { clock: _before, ...before } = await state()
    const reply = await knock('POST', path, body)
    expect(reply.status).toBe(400)
    expect(reply.body.error).toMatch(/\w+ \w+/)
    const { clock: _after, ...after } = await state()
    expect(after).toEqual(before)
  })
})

describe('faults', () => {
  it('strike the next calls of a method, then no more', async () => {
    const { get, post, state } = await openSandbox()
    await post('/_sandbox/faults', { path: '/cgi-bin/gettoken', times: 2, errcode: 45009 })
    expect(await get(gettoken)).toMatchObject({
      errcode: 45009,
      errmsg: expect.stringContaining('e=45009'),
    })
    expect((await state()).faults).toMatchObject([{ path: '/cgi-bin/gettoken', times: 1 }])
    expect(await get(gettoken)).toMatchObject({ errcode: 45009 })
    expect(await get(gettoken)).toMatchObject({ errcode: 40013 })
  })

  it('can be an HTTP 500, a page of HTML, or no answer at all until they are cleared', async () => {
    const { origin, post, knock } = await openSandbox()
    await post('/_sandbox/faults', { path: '/wecom/cgi-bin/gettoken', status: 500 })
    expect((await fetch(origin + gettoken)).status).toBe(500)
    await post('/_sandbox/faults', { path: '/wecom/cgi-bin/gettoken', html: true })
    const page = await fetch(origin + gettoken)
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ])
    await post('/_sandbox/faults', { path: '/wecom/cgi-bin/gettoken', hang: true })
    await expect(fetch(origin + gettoken, { signal: AbortSignal.timeout(100) })).rejects.toThrow(
      'timeout',
    )
    await post('/_sandbox/faults', { path: '/wecom/cgi-bin/gettoken', hang: true })
    const hanging = fetch(origin + gettoken)
    await expect
      .poll(async () => ((await knock('GET', '/_sandbox/calls')).body.items as unknown[]).length)
      .toBe(4)
    await knock('DELETE', '/_sandbox/faults')
    expect((await hanging).status).toBe(504)
  })
})

it('a fault can also leave a reply as it is, but for its form', async () => {
  const { get, post, origin } = await openSandbox()
  const path = '/cgi-bin/gettoken'
  await post('/_sandbox/faults', { path, odd: 'texts' })
  expect(await get(gettoken)).toMatchObject({ errcode: '40013' })
  await post('/_sandbox/faults', { path: '/cgi-bin/user/get', odd: 'control', times: 2 })
  const { env } = (await get('/_sandbox/credentials')) as { env: Record<string, string> }
  const { WECOM_CORP_ID: id, WECOM_AGENT_SECRET: secret } = env
  const { access_token } = await get(`/wecom${path}?corpid=${id}&corpsecret=${secret}`)
  const query = `access_token=${String(access_token)}&userid=ZhouXiaolan`
  const raw = await (await fetch(`${origin}/wecom/cgi-bin/user/get?${query}`)).text()
  expect(raw).toContain('"name":"周晓岚\u0010\u001f"')
  expect(() => JSON.parse(raw)).toThrow('control character')
})

describe('calls', () => {
  it('are remembered with their replies, without secrets', async () => {
    const { get, wecomToken, env } = await openSandbox()
    const token = await wecomToken()
    const { items } = await get('/_sandbox/calls?service=wecom&path=/cgi-bin/gettoken')
    expect(items).toMatchObject([
      {
        method: 'GET',
        errcode: 0,
        query: { corpid: env.WECOM_CORP_ID },
        reply: { expires_in: 7200 },
      },
    ])
    expect(JSON.stringify(items)).not.toContain(token)
    expect(JSON.stringify(items)).not.toContain(env.WECOM_AGENT_SECRET)
  })
})

describe('the desk', () => {
  it('hears of what happens', async () => {
    const { origin, post } = await openSandbox()
    const hangUp = new AbortController()
    const stream = await fetch(`${origin}/_sandbox/stream`, { signal: hangUp.signal })
    const events = readEvents(stream)
    expect((await events.next()).value).toMatchObject({ type: 'state', state: { scene: 'demo' } })
    await post('/_sandbox/messages', {
      conversationId: 'zhou-lin',
      from: { kind: 'customer', id: 'linyue' },
      card: { kind: 'text', text: '在吗？' },
    })
    const { value } = await events.next()
    const chat =
      value?.type === 'patch' ? value.conversations.find(({ id }) => id === 'zhou-lin') : undefined
    expect(chat?.messages.at(-1)).toMatchObject({
      kind: 'text',
      text: '在吗？',
      from: { kind: 'customer', id: 'linyue' },
    })
    hangUp.abort()
  })

  it('repeats a message in another chat, and goes back to how a scene begins', async () => {
    const { post, state } = await openSandbox()
    const card = {
      kind: 'link',
      title: '节能案例',
      desc: '',
      imgUrl: '',
      url: 'http://example.com/',
    }
    const { id } = await post('/_sandbox/messages', {
      conversationId: 'zhou-lin',
      from: { kind: 'member', id: 'ZhouXiaolan' },
      card,
    })
    await post('/_sandbox/messages', {
      conversationId: 'lin-zhao',
      from: { kind: 'customer', id: 'linyue' },
      repeat: { messageId: id },
    })
    const last = async () =>
      (await state()).conversations.find((one) => one.id === 'lin-zhao')?.messages.at(-1)
    expect(await last()).toMatchObject({ ...card, from: { id: 'linyue' } })
    await post('/_sandbox/clock', { advanceSeconds: 7200 })
    await post('/_sandbox/reset', {})
    expect(await last()).not.toMatchObject(card)
    expect((await state()).clock.offsetSeconds).toBe(0)
    expect(await post('/_sandbox/reset', { scene: 'empty' })).toMatchObject({ scene: 'empty' })
    expect(await state()).toMatchObject({ scene: 'empty', customers: [], conversations: [] })
  })

  it('draws every face and a map that tiles', async () => {
    const { origin, state } = await openSandbox()
    const { members, customers } = await state()
    for (const { avatarUrl } of [...members, ...customers]) {
      expect((await fetch(avatarUrl)).headers.get('content-type')).toBe('image/svg+xml')
    }
    const tile = await fetch(`${origin}/map/16/54321/26789.svg`)
    expect([tile.status, tile.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
    expect(await tile.text()).toContain('width="256"')
    expect((await fetch(`${origin}/map/16/99999999/1.svg`)).status).toBe(404)
  })
})
