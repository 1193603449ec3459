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
      const html = '<!doctype html><html><head lang="zh"><script src="/app.js"></script></head><body>林悦</body></html>'
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.setHeader('x-frame-options', 'DENY')
      response.setHeader('content-security-policy', "script-src 'self'; frame-ancestors 'none'; img-src *")
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
    expect(await (await fetch(`${webviewOrigin}/_webview/client.js`)).text()).toContain('WeixinJSBridge')
  })

  it('passes everything else on as it is: bodies, statuses, redirects, cookies, and who asked for which host', async () => {
    const url = await upstream((request, response) => {
      const { host, 'x-forwarded-host': forwardedHost, 'x-forwarded-proto': proto, 'x-forwarded-for': client } = request.headers
      response.writeHead(307, { location: '/elsewhere', 'set-cookie': ['a=1', 'b=2'], 'content-type': 'application/json' })
      let body = ''
      request
        .on('data', (part: Buffer) => (body += part.toString()))
        .on('end', () => response.end(JSON.stringify({ host, forwardedHost, proto, client, body })))
    })
    const { webviewOrigin, webviewPort } = await openSandbox({ upstream: [url] })
    const reply = await fetch(`${webviewOrigin}/api/x?y=1`, { method: 'POST', body: 'hello', redirect: 'manual' })
    expect(reply.status).toBe(307)
    expect(reply.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    const host = `localhost:${webviewPort}`
    expect(await reply.json()).toEqual({ host, forwardedHost: host, proto: 'http', client: '127.0.0.1', body: 'hello' })
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
    const reply = await fetch(`${webviewOrigin}/api/track`, { method: 'POST', body: 'x'.repeat(2_000_000) })
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
    const { webviewOrigin } = await openSandbox({ upstream: [await named('first'), await named('second')] })
    const ask = async (path: string, headers = {}) => (await fetch(webviewOrigin + path, { headers })).text()
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
    await post('/_sandbox/upstream', { urls: [await upstream((_request, response) => response.end('up'))] })
    expect(await (await fetch(`${webviewOrigin}/sidebar/`, page)).text()).toBe('up')
  })
})

describe('a webview’s first address', () => {
  it('leads to the page, and drops another member’s cookies but not one’s own', async () => {
    const { webview, webviewOrigin } = await openSandbox()
    const open = async (userId: string) => {
      const { src } = await webview({ device: 'wecom', userId, url: '/sidebar/#/contact' })
      return fetch(src, { redirect: 'manual', headers: { cookie: 'chatside_member=secret; theme=dark' } })
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

  it('opens a card’s page of the mini program in its H5 build', async () => {
    const { webview, webviewOrigin, env } = await openSandbox()
    const appid = env.MINIPROGRAM_APP_ID ?? ''
    const { src } = await webview({
      device: 'wechat',
      userId: 'linyue',
      miniprogram: { appid, page: 'pages/material/index.html?share=1&x=a/b' },
    })
    expect((await fetch(src, { redirect: 'manual' })).headers.get('location')).toBe(
      `${webviewOrigin}/h5/#/pages/material/index?share=1&x=a/b`,
    )
  })
})
