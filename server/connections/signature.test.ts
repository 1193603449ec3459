import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { signUrl } from '../../shared/contract/session.ts'
import { makeTestApp, type TestApp, type TestAppOptions } from '../testing/test-app.ts'
import { startPlatform, type FakePlatform } from '../testing/platform.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const token = { errcode: 0, errmsg: 'ok', access_token: 'token-1', expires_in: 7200 }
const ticket = (value: string) => ({ errcode: 0, errmsg: 'ok', ticket: value, expires_in: 7200 })
const slowly = async <T>(value: T) =>
  new Promise<T>((resolve) => setTimeout(() => resolve(value), 40))
const paths = {
  token: '/cgi-bin/gettoken',
  corp: '/cgi-bin/get_jsapi_ticket',
  agent: '/cgi-bin/ticket/get',
}

async function withPlatform(
  answers: Parameters<typeof startPlatform>[0],
  options: TestAppOptions = {},
): Promise<{ app: TestApp; platform: FakePlatform }> {
  const platform = await startPlatform(answers)
  cleanups.push(platform.stop)
  const app = await makeTestApp({
    ...options,
    env: { WECOM_API_URL: platform.url, ...options.env },
  })
  cleanups.push(app.stop)
  return { app, platform }
}

const healthy = {
  [paths.token]: () => slowly(token),
  [paths.corp]: () => slowly(ticket('corp-ticket')),
  [paths.agent]: () => slowly(ticket('agent-ticket')),
}

describe('the signature of a page', () => {
  it('covers the address without its fragment, with the ticket of its kind', async () => {
    const { app } = await withPlatform(healthy)
    for (const kind of ['agent', 'corp'] as const) {
      const url = `${app.url}/sidebar/?a=1&b=%E4%B8%AD`
      const signed = await app.call(
        signUrl,
        { query: { kind, url: `${url}#/contact?x=1` } },
        app.member('zhang'),
      )
      const string1 = `jsapi_ticket=${kind}-ticket&noncestr=${signed.nonceStr}&timestamp=${signed.timestamp}&url=${url}`
      expect(signed).toMatchObject({
        url,
        corpId: app.corpId,
        agentId: '1000002',
        signature: createHash('sha1').update(string1).digest('hex'),
      })
    }
  })

  it('is refused for a host that is not ours, however it is written', async () => {
    const { app, platform } = await withPlatform(healthy)
    const host = new URL(app.url).host
    for (const url of [
      `https://evil.example.com/`,
      `http://${host}@evil.example.com/`,
      `http://localhost.evil.example.com/`,
      `http://localhost:1/`,
    ]) {
      await expect(
        app.call(signUrl, { query: { kind: 'agent', url } }, app.member('zhang')),
      ).rejects.toMatchObject({
        code: 'host_not_trusted',
        status: 403,
      })
    }
    expect(platform.asked).toEqual([])
  })

  it('costs one token and one ticket of each kind for 200 cold requests over two processes and any number of addresses', async () => {
    const { app, platform } = await withPlatform(healthy)
    const second = await makeTestApp({ beside: app })
    cleanups.push(second.stop)
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const to = i % 2 ? app : second
        return to.call(
          signUrl,
          { query: { kind: i % 4 < 2 ? 'agent' : 'corp', url: `${app.url}/sidebar/?page=${i}` } },
          to.member('zhang'),
        )
      }),
    )
    expect(platform.asked.sort()).toEqual([paths.corp, paths.token, paths.agent].sort())
  })

  it('uses a new ticket once the old one has ended', async () => {
    let tickets = 0
    const { app, platform } = await withPlatform({
      ...healthy,
      [paths.agent]: () => ticket(`ticket-${(tickets += 1)}`),
    })
    const sign = () =>
      app.call(signUrl, { query: { kind: 'agent', url: `${app.url}/` } }, app.member('zhang'))
    await sign()
    app.clock.advance(7200_000)
    const as = app.member('zhang')
    await app.call(signUrl, { query: { kind: 'agent', url: `${app.url}/` } }, as)
    expect(platform.asked.filter((path) => path === paths.agent)).toHaveLength(2)
  })

  it('uses a new ticket when a client refuses the old one, and asks for it once however many clients do', async () => {
    let tickets = 0
    const { app, platform } = await withPlatform({
      ...healthy,
      [paths.agent]: () => slowly(ticket(`ticket-${(tickets += 1)}`)),
    })
    const asked = () => platform.asked.filter((path) => path === paths.agent).length
    const sign = (refused?: '1') =>
      app.call(
        signUrl,
        { query: { kind: 'agent', url: `${app.url}/sidebar/`, refused } },
        app.member('zhang'),
      )
    const isSignedWith = (
      value: string,
      { nonceStr, timestamp, url, signature }: Awaited<ReturnType<typeof sign>>,
    ) =>
      signature ===
      createHash('sha1')
        .update(`jsapi_ticket=${value}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url}`)
        .digest('hex')
    expect(isSignedWith('ticket-1', await sign())).toBe(true)

    const renewed = await Promise.all([sign('1'), sign('1'), sign('1')])
    expect(isSignedWith('ticket-2', renewed[0])).toBe(true)
    expect(isSignedWith('ticket-2', await sign('1'))).toBe(true)
    expect(isSignedWith('ticket-2', await sign())).toBe(true)
    expect(asked()).toBe(2)

    app.clock.advance(3 * 60_000)
    expect(isSignedWith('ticket-3', await sign('1'))).toBe(true)
  })
})

describe('when WeCom fails', () => {
  const sign = (app: TestApp) =>
    app.call(signUrl, { query: { kind: 'agent', url: `${app.url}/sidebar/` } }, app.member('zhang'))

  it('with a dead token, another one is fetched and the call sent once more', async () => {
    let tokens = 0
    const { app, platform } = await withPlatform({
      [paths.token]: () => ({ ...token, access_token: `token-${(tokens += 1)}` }),
      [paths.agent]: (request) =>
        request.url?.includes('token-1')
          ? { errcode: 40014, errmsg: 'invalid access_token' }
          : ticket('t'),
    })
    await sign(app)
    expect(platform.asked).toEqual([paths.token, paths.agent, paths.token, paths.agent])
  })

  it('with a token that is dead again, it gives up with the platform’s words and a fix', async () => {
    const { app, platform } = await withPlatform({
      [paths.token]: () => token,
      [paths.agent]: () => ({ errcode: 42001, errmsg: 'access_token expired' }),
    })
    await expect(sign(app)).rejects.toMatchObject({
      code: 'platform_refused',
      platform: {
        errcode: 42001,
        errmsg: 'access_token expired',
        fix: expect.stringMatching(/./) as string,
      },
    })
    expect(platform.asked).toHaveLength(4)
  })

  it('with "busy", it is asked at most three times', async () => {
    const { app, platform } = await withPlatform({
      [paths.token]: () => ({ errcode: -1, errmsg: 'system busy' }),
    })
    await expect(sign(app)).rejects.toMatchObject({
      code: 'platform_busy',
      platform: { errcode: -1 },
    })
    expect(platform.asked).toHaveLength(3)
  })

  it('with "busy" twice, nobody notices', async () => {
    let asked = 0
    const { app } = await withPlatform({
      ...healthy,
      [paths.token]: () => ((asked += 1) < 3 ? { errcode: -1, errmsg: 'system busy' } : token),
    })
    await sign(app)
    expect(asked).toBe(3)
  })

  it('with an HTTP error, a page of HTML, silence or an unknown shape, it is unreachable, and the next call works again', async () => {
    let broken: ((response: ServerResponse) => unknown) | null = null
    const { app } = await withPlatform(
      { ...healthy, [paths.token]: (_, response) => (broken ? broken(response) : token) },
      { platformTimeoutMs: 300 },
    )
    const faults: ((response: ServerResponse) => unknown)[] = [
      (response) => void response.writeHead(500).end('oops'),
      (response) => void response.writeHead(200).end('<html>502</html>'),
      () => new Promise(() => undefined),
      () => ({ errcode: 0, errmsg: 'ok' }),
    ]
    for (broken of faults)
      await expect(sign(app)).rejects.toMatchObject({ code: 'platform_unreachable', status: 502 })
    broken = null
    await sign(app)
  })

  it('with a used-up quota, it is not asked more until the next hour', async () => {
    const { app, platform } = await withPlatform({
      ...healthy,
      [paths.agent]: () => ({ errcode: 45009, errmsg: 'api freq out of limit' }),
    })
    const hour = 3600_000
    // WeCom counts the quota by clock hours, so this starts shortly after one began.
    app.clock.advance(hour - (app.clock.now().getTime() % hour) + 60_000)
    for (let i = 0; i < 100; i += 1)
      await expect(sign(app)).rejects.toMatchObject({ code: 'platform_quota', status: 503 })
    await expect(sign(app)).rejects.toMatchObject({ code: 'platform_quota' })
    expect(platform.asked.filter((path) => path === paths.agent)).toHaveLength(100)
    app.clock.advance(hour)
    await expect(sign(app)).rejects.toMatchObject({ code: 'platform_quota' })
    expect(platform.asked.filter((path) => path === paths.agent)).toHaveLength(101)
  })
})
