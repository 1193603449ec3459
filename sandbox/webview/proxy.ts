import {
  request as openRequest,
  type Agent,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { isCustomers, unmarked, type Fate } from './network.ts'

const script = '<script src="/_webview/client.js"></script>'

/**
 * The clients' built-in browser: passes every request on and puts the client into HTML answers.
 * Nothing else changes except what a top-level page does not meet: `X-Frame-Options`, CSP
 * `frame-ancestors`, and `Cross-Origin-Resource-Policy`, since cards show pictures of our pages.
 */
export function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { upstreams, agent }: { upstreams: string[]; agent: Agent },
  fate: Fate = 'through',
) {
  if (fate === 'request lost') return loseConnection(request, response)
  const upstream = chooseUpstream(request, upstreams)
  if (!upstream) return explainDown(request, response, 'no address', 'SANDBOX_UPSTREAM is empty')
  const target = new URL(upstream)
  const { headers, url } = unmarked(request)
  headers['x-forwarded-for'] = request.socket.remoteAddress ?? '127.0.0.1'
  headers['x-forwarded-proto'] = 'http'
  headers['x-forwarded-host'] = request.headers.host
  // A page must come readable, because the client is put into it.
  if (wantsPage(request)) headers['accept-encoding'] = 'identity'
  const options = {
    agent,
    host: target.hostname,
    port: target.port || 80,
    method: request.method,
    path: url,
    headers,
  }
  let isAnswered = false
  const upward = openRequest(options, (answer) => {
    isAnswered = true
    if (fate === 'answer lost') {
      answer.resume()
      return loseConnection(request, response)
    }
    const isPage =
      (answer.headers['content-type'] ?? '').startsWith('text/html') &&
      request.method !== 'HEAD' &&
      answer.statusCode !== 304
    if (isPage) void sendPage(answer, response)
    else stream(answer, response)
    return undefined
  })
  // A server that refuses a large body answers first and hangs up on the rest: the answer counts.
  upward.on('error', (error) => {
    if (!isAnswered) explainDown(request, response, upstream, error.message)
  })
  response.on('close', () => upward.destroy())
  return request.pipe(upward)
}

/** The second server gets the customer's requests, so that both are exercised. */
function chooseUpstream(
  { headers, url = '' }: IncomingMessage,
  upstreams: string[],
): string | undefined {
  return isCustomers(headers, url) ? (upstreams[1] ?? upstreams[0]) : upstreams[0]
}

function wantsPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html')
}

function stream(answer: IncomingMessage, response: ServerResponse) {
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, unframed(answer.headers))
  // An event stream's first bytes may be long in coming; its headers must not wait for them.
  response.flushHeaders()
  answer.on('error', () => response.destroy())
  answer.on('aborted', () => response.destroy())
  answer.pipe(response)
}

async function sendPage(answer: IncomingMessage, response: ServerResponse) {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of answer) chunks.push(chunk as Buffer)
    const html = decode(Buffer.concat(chunks), answer.headers['content-encoding'])
    const page = Buffer.from(withClient(html.toString('utf8')))
    const {
      'content-encoding': _encoding,
      'transfer-encoding': _transfer,
      ...headers
    } = unframed(answer.headers)
    response.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': page.length })
    response.end(page)
  } catch {
    response.destroy()
  }
}

function decode(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip') return gunzipSync(body)
  if (encoding === 'br') return brotliDecompressSync(body)
  if (encoding === 'deflate') return inflateSync(body)
  return body
}

/** As the first element of `<head>`, before any script of the page. */
export function withClient(html: string): string {
  const head = /<head(\s[^>]*)?>/i.exec(html)
  if (head)
    return (
      html.slice(0, head.index + head[0].length) + script + html.slice(head.index + head[0].length)
    )
  const start = /^\s*<!doctype[^>]*>/i.exec(html)
  return start
    ? html.slice(0, start[0].length) + script + html.slice(start[0].length)
    : script + html
}

function unframed(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { 'x-frame-options': _frame, 'cross-origin-resource-policy': _policy, ...rest } = headers
  const csp = rest['content-security-policy']
  if (typeof csp !== 'string') return rest
  const kept = csp.split(';').filter((directive) => !/^\s*frame-ancestors\b/.test(directive))
  return { ...rest, 'content-security-policy': kept.join(';') }
}

/**
 * The phone has no connection. A page is WeChat's own then, any other request breaks off. Not
 * silently: when a connection that was used before just closes, Chromium sends the request again by
 * itself.
 */
export function loseConnection(request: IncomingMessage, response: ServerResponse) {
  if (response.headersSent || !wantsPage(request))
    return request.socket.end('the connection is lost\r\n\r\n')
  response.writeHead(503, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  })
  return response.end(`<!doctype html>
<html lang="zh-CN"><head>${script}<meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>网络不可用</title>
<style>
html, body { height: 100%; margin: 0 }
button {
  display: flex; width: 100%; height: 100%; flex-direction: column; gap: 12px;
  align-items: center; justify-content: center; padding: 0 2em 20vh; border: 0;
  font: 15px/1.6 system-ui, sans-serif; color: #888; background: #ededed;
}
svg { width: 64px }
@media (prefers-color-scheme: dark) { button { background: #111 } }
</style></head>
<body><button type="button" onclick="location.reload()">
<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.2"
  stroke-linecap="round" aria-hidden="true">
<path d="M3 9a13 13 0 0 1 18 0M6 12.5a8.6 8.6 0 0 1 12 0M9 16a4.3 4.3 0 0 1 6 0"/>
<path d="M12 19.3v.2M4 3l16 17"/></svg>
<span>网络出错，轻触屏幕重新加载</span>
<span lang="en">No connection. Tap to load again.</span>
</button></body></html>`)
}

function explainDown(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: string,
  cause: string,
) {
  if (response.headersSent) return response.destroy()
  if (!wantsPage(request)) {
    response.writeHead(502, { 'content-type': 'application/json; charset=utf-8' })
    return response.end(
      JSON.stringify({ error: `the server at ${upstream} does not answer: ${cause}` }),
    )
  }
  response.writeHead(502, { 'content-type': 'text/html; charset=utf-8' })
  return response.end(`<!doctype html>
<html lang="zh-CN"><head>${script}<meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>页面打不开</title>
<style>
body {
  margin: 18vh auto 0; max-width: 22em; padding: 0 1em; color: #333;
  font: 15px/1.7 system-ui, sans-serif;
}
h1 { font-size: 18px }
code { color: #888; font-size: 13px }
</style></head>
<body><h1>页面打不开</h1>
<p>产品的服务没有应答。请确认它已启动，然后重新加载。</p>
<p>The product's server does not answer. Start it, then reload.</p>
<p><code>${escape(upstream)} — ${escape(cause)}</code></p></body></html>`)
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
