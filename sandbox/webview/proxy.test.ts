import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSandbox } from '../testing/open-sandbox.ts'

const script = '<script src="/_webview/client.js"></script>'

async function upstream(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const page = { headers: { accept: 'text/html' } }

describe('the webview', () => {
  it('puts the client first into a page, compressed or not, and lets it be framed', async () => {
    const url = await upstream((request, response) => {
      const html =
        '<!doctype html><html><head lang="zh"><script src="/app.js"></script></head><body>林悦</body></html>'
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.setHeader('x-frame-options', 'DENY')
      response.setHeader(
        'content-security-policy',
        "script-src 'self'; frame-ancestors 'none'; img-src *",
      )
      if (request.url === '/gzip') response.setHeader('content-encoding', 'gzip')
      response.end(request.url === '/gzip' ? gzipSync(html) : html)
    })
    const { webviewOrigin } = await openSandbox({ upstream: [url] })
    for (const path of ['/plain', '/gzip']) {
      const reply = await fetch(webviewOrigin + path, page)
      expect(await reply.text()).toBe(
        `<!doctype html><html><head lang="zh">${script}<script src="/app.js"></script></head><body>林悦</body></html>`,
      )
      expect(reply.headers.get('x-frame-options')).toBeNull()
      expect(reply.headers.get('content-security-policy')).toBe("script-src 'self'; img-src *")
    }
    expect(await (await fetch(`${webviewOrigin}/_webview/client.js`)).text()).toContain(
      'WeixinJSBridge',
    )
  })

  it('passes everything else on as it is: bodies, statuses, redirects, cookies, and who asked for which host', async () => {
    const url = await upstream((request, response) => {
      const {
        host,
        'x-forwarded-host': forwardedHost,
        'x-forwarded-proto': proto,
        'x-forwarded-for': client,
      } = request.headers
      response.writeHead(307, {
        location: '/elsewhere',
        'set-cookie': ['a=1', 'b=2'],
        'content-type': 'application/json',
      })
      let body = ''
      request
        .on('data', (part: Buffer) => (body += part.toString()))
        .on('end', () => response.end(JSON.stringify({ host, forwardedHost, proto, client, body })))
    })
    const { webviewOrigin, webviewPort } = await openSandbox({ upstream: [url] })
    const reply = await fetch(`${webviewOrigin}/api/x?y=1`, {
      method: 'POST',
      body: 'hello',
      redirect: 'manual',
    })
    expect(reply.status).toBe(307)
    expect(reply.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    const host = `localhost:${webviewPort}`
    expect(await reply.json()).toEqual({
      host,
      forwardedHost: host,
      proto: 'http',
      client: '127.0.0.1',
      body: 'hello',
    })
  })

  it('passes on an address of nothing but slashes, and lives', async () => {
    const url = await upstream((request, response) => response.end(request.url))
    const { webviewOrigin } = await openSandbox({ upstream: [url] })
    expect(await (await fetch(`${webviewOrigin}//`)).text()).toBe('//')
  })

  it('brings back the answer of a server that does not read a large body to its end', async () => {
    const url = await upstream((request, response) => {
      request.once('data', () => response.writeHead(413).end('too large'))
      request.once('data', () => request.pause())
    })
    const { webviewOrigin } = await openSandbox({ upstream: [url] })
    const reply = await fetch(`${webviewOrigin}/api/track`, {
      method: 'POST',
      body: 'x'.repeat(2_000_000),
    })
    expect([reply.status, await reply.text()]).toEqual([413, 'too large'])
  })

  it('lets an event stream through line by line, and hangs up when the page does', async () => {
    let isClosed: () => void = () => undefined
    const closed = new Promise<void>((resolve) => (isClosed = resolve))
    const url = await upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: one\n\n')
      response.on('close', isClosed)
    })
    const { webviewOrigin } = await openSandbox({ upstream: [url] })
    const hangUp = new AbortController()
    const reply = await fetch(`${webviewOrigin}/live`, { signal: hangUp.signal })
    const reader = reply.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: one\n\n')
    hangUp.abort()
    await closed
  })

  it('sends the customer’s requests to the second server', async () => {
    const named = (name: string) => upstream((_request, response) => response.end(name))
    const { webviewOrigin } = await openSandbox({
      upstream: [await named('first'), await named('second')],
    })
    const ask = async (path: string, headers = {}) =>
      (await fetch(webviewOrigin + path, { headers })).text()
    expect(await ask('/sidebar/')).toBe('first')
    expect(await ask('/api/session')).toBe('first')
    expect(await ask('/h5/')).toBe('second')
    expect(await ask('/auth/wechat?to=/h5/')).toBe('second')
    expect(await ask('/auth/wechat/callback?code=1')).toBe('second')
    expect(await ask('/auth/wecom')).toBe('first')
    expect(await ask('/api/track', { authorization: 'Bearer x' })).toBe('second')
  })

  it('explains a server that is down, as a page to people and as JSON to programs', async () => {
    const { webviewOrigin, post } = await openSandbox({ upstream: ['http://127.0.0.1:9'] })
    const reply = await fetch(`${webviewOrigin}/sidebar/`, page)
    expect(reply.status).toBe(502)
    expect(await reply.text()).toContain('页面打不开')
    expect(await (await fetch(`${webviewOrigin}/api/session`)).json()).toMatchObject({
      error: expect.stringContaining('http://127.0.0.1:9'),
    })
    await post('/_sandbox/upstream', {
      urls: [await upstream((_request, response) => response.end('up'))],
    })
    expect(await (await fetch(`${webviewOrigin}/sidebar/`, page)).text()).toBe('up')
  })
})

describe('the phone’s connection', () => {
  const bearer = { authorization: 'Bearer x' }
  const offline = { network: 'offline' }

  it('breaks off the phone’s requests while it is offline, and nobody else’s', async () => {
    const asked: string[] = []
    const url = await upstream((request, response) => {
      asked.push(request.url ?? '')
      response.end('up')
    })
    const { webviewOrigin, webview, post } = await openSandbox({ upstream: [url] })
    const phone = await webview({ device: 'wechat', userId: 'linyue', url: '/articles/1' })
    const sidebar = await webview({ device: 'wecom', userId: 'ZhouXiaolan', url: '/sidebar/' })
    await post('/_sandbox/devices/wechat', offline)
    const ask = (path: string, headers: Record<string, string>) =>
      fetch(webviewOrigin + path, { headers }).then(
        (reply) => reply.text(),
        () => 'broken off',
      )
    expect(await ask('/api/track', bearer)).toBe('broken off')
    expect(await ask('/api/track', { 'x-sandbox-webview': phone.id })).toBe('broken off')
    expect(await ask(`/api/live?x=1&_webview=${phone.id}`, {})).toBe('broken off')
    expect(await ask('/files/1', { referer: `${webviewOrigin}/articles/1` })).toBe('broken off')
    expect(asked).toEqual([])
    expect(await ask('/api/session', {})).toBe('up')
    expect(await ask('/api/session', { 'x-sandbox-webview': sidebar.id })).toBe('up')
    expect(await ask('/files/1', { referer: `${webviewOrigin}/sidebar/` })).toBe('up')
    await post('/_sandbox/devices/wechat', { network: 'good' })
    expect(await ask(`/api/live?x=1&_webview=${phone.id}`, bearer)).toBe('up')
    expect(asked.at(-1)).toBe('/api/live?x=1')
  })

  it('shows WeChat’s own page instead of one that cannot be fetched', async () => {
    const url = await upstream((_request, response) => response.end('up'))
    const { webviewOrigin, webview, post } = await openSandbox({ upstream: [url] })
    await post('/_sandbox/devices/wechat', offline)
    const { src } = await webview({ device: 'wechat', userId: 'linyue', url: '/articles/1' })
    for (const address of [src, `${webviewOrigin}/h5/`]) {
      expect(await (await fetch(address, page)).text()).toContain(`${script}<meta charset="utf-8">`)
      expect(await (await fetch(address, page)).text()).toContain('网络出错，轻触屏幕重新加载')
    }
    await post('/_sandbox/devices/wechat', { network: 'good' })
    expect(await (await fetch(src, page)).text()).toBe('up')
  })

  it('drops live streams when the connection goes', async () => {
    let isClosed: () => void = () => undefined
    const closed = new Promise<void>((resolve) => (isClosed = resolve))
    const url = await upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: one\n\n')
      response.on('close', isClosed)
    })
    const { webviewOrigin, post } = await openSandbox({ upstream: [url] })
    const reader = (await fetch(`${webviewOrigin}/live`, { headers: bearer })).body?.getReader()
    await reader?.read()
    await post('/_sandbox/devices/wechat', { network: 'weak' })
    await expect(reader?.read()).rejects.toThrow()
    await closed
  })

  it('lets every request wait on a weak network, loses the fifth and the answer of the tenth', async () => {
    const arrived: string[] = []
    const url = await upstream((request, response) => {
      arrived.push(request.url ?? '')
      response.end('up')
    })
    const { webviewOrigin, post } = await openSandbox({ upstream: [url] })
    await post('/_sandbox/devices/wechat', { network: 'weak' })
    const fates: Promise<string>[] = []
    for (let turn = 1; turn <= 10; turn += 1) {
      fates.push(
        fetch(`${webviewOrigin}/api/${turn}`, { headers: bearer }).then(
          (reply) => reply.text(),
          () => 'lost',
        ),
      )
      // One after the other, or their order would be the sockets'.
      await post('/_sandbox/devices/wechat', {})
    }
    const answers = await Promise.all(fates)
    expect(answers.filter((one) => one === 'lost')).toHaveLength(2)
    expect(arrived).toHaveLength(9)
  })
})

describe('a webview’s first address', () => {
  it('leads to the page, and drops another member’s cookies but not one’s own', async () => {
    const { webview, webviewOrigin } = await openSandbox()
    const open = async (userId: string) => {
      const { src } = await webview({ device: 'wecom', userId, url: '/sidebar/#/contact' })
      return fetch(src, {
        redirect: 'manual',
        headers: { cookie: 'chatside_member=secret; theme=dark' },
      })
    }
    const first = await open('ZhouXiaolan')
    expect(first.headers.get('location')).toBe(`${webviewOrigin}/sidebar/#/contact`)
    expect(first.headers.getSetCookie()).toEqual([])
    expect((await open('ZhouXiaolan')).headers.getSetCookie()).toEqual([])
    expect((await open('HanXue')).headers.getSetCookie()).toEqual([
      'chatside_member=; Path=/; Max-Age=0; HttpOnly',
      'theme=; Path=/; Max-Age=0; HttpOnly',
    ])
  })

  it('opens a card’s page of the mini program, or of its H5 build, when that is wanted', async () => {
    const { webview, webviewOrigin, env } = await openSandbox()
    const appid = env.MINIPROGRAM_APP_ID ?? ''
    const page = 'pages/material/index.html?share=1&x=a/b'
    const open = async (build?: 'h5') => {
      const { src } = await webview({
        device: 'wechat',
        userId: 'linyue',
        miniprogram: { appid, page, ...(build && { build }) },
      })
      return (await fetch(src, { redirect: 'manual' })).headers.get('location')
    }
    expect(await open()).toBe(`${webviewOrigin}/_webview/mini/#/pages/material/index?share=1&x=a/b`)
    expect(await open('h5')).toBe(`${webviewOrigin}/h5/#/pages/material/index?share=1&x=a/b`)
  })
})
