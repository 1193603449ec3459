import { Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import { Nonsense } from '../doors/nonsense.ts'
import { check } from '../doors/read.ts'
import * as shapes from '../doors/shapes.ts'
import { readJson } from '../platform/body.ts'
import { changed, type WebviewRecord, type World } from '../state/world.ts'
import { invokeBridge } from './bridge.ts'
import { askLocation } from './location.ts'
import { serveMini, type BuiltMini } from './mini.ts'
import { connectPhone } from './network.ts'
import { loseConnection, passOn } from './proxy.ts'
import { miniprogramStart } from './webviews.ts'

/** What the two clients bring along: the script in front of pages, and the mini program. */
export interface ClientFiles {
  client: string
  phone: string
  mini: BuiltMini
}

/** The webview's port: the product's pages with the client in front of them. */
export function createWebview(world: World, files: ClientFiles) {
  const carry = connectPhone(world)
  // One for all upstreams: Node keys connections by host.
  const agent = new Agent({ keepAlive: true })
  return (request: IncomingMessage, response: ServerResponse) => {
    const [pathname = ''] = (request.url ?? '').split('?')
    if (!pathname.startsWith('/_webview/')) {
      return carry(request, response, (fate) =>
        passOn(request, response, { upstreams: world.addresses.upstream, agent }, fate),
      )
    }
    serve(world, files, pathname.slice('/_webview/'.length), request, response).catch(
      (error: unknown) => {
        const isOurs = error instanceof Nonsense || error instanceof SyntaxError
        json(response, isOurs ? 400 : 500, {
          error: error instanceof Error ? error.message : String(error),
        })
      },
    )
    return undefined
  }
}

async function serve(
  world: World,
  files: ClientFiles,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  if (path === 'client.js' || path === 'phone.js') {
    response.writeHead(200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-cache',
    })
    return response.end(path === 'client.js' ? files.client : files.phone)
  }
  if (path === 'clear') return clear(response)
  if (path.startsWith('mini/'))
    return serveMini(world, files.mini, path.slice('mini/'.length), request, response)
  if (path.startsWith('open/')) return open(world, path.slice('open/'.length), request, response)
  if (request.method !== 'POST') return json(response, 404, { error: 'there is no such door' })
  const body = await readJson(request)
  switch (path) {
    case 'invoke': {
      const { webview, ...call } = check(shapes.BridgeInvoke, body)
      return json(response, 200, await invokeBridge(world, webviewOf(world, webview), call))
    }
    case 'location': {
      const { webview, url, title } = check(shapes.ReportPlace, body)
      const known = world.webviews.get(webview)
      // After a reset old frames still report until the desk drops them; that is no mistake of
      // theirs.
      if (known) {
        // WeChat's error page stands at our own address, from which the page is tried again.
        Object.assign(
          known,
          /^\w+:\/\/[^/]+\/_webview\/open\//.test(url) ? { title } : { url, title },
        )
        changed(world)
      }
      return json(response, 200, {})
    }
    case 'position': {
      const { webview, purpose } = check(shapes.AskPosition, body)
      const gone = new AbortController()
      response.on('close', () => gone.abort())
      const position = await askLocation(world, webviewOf(world, webview).id, {
        gone: gone.signal,
        purpose,
      })
      return json(response, 200, { position })
    }
    case 'network':
      return json(response, 200, { network: world.devices.network })
    default:
      return json(response, 404, { error: 'there is no such door' })
  }
}

/**
 * Where a new frame starts. Each member has a WeCom of his own, but all share the desk's cookies:
 * they are dropped when another member opens a page.
 */
function open(world: World, id: string, request: IncomingMessage, response: ServerResponse) {
  const webview = world.webviews.get(id)
  if (!webview) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
    return response.end('这个窗口已经关闭，请重新打开。')
  }
  // A mini program lies on the phone: it opens without a network.
  const isOnPhone = webview.url.startsWith(miniprogramStart(world))
  if (webview.device === 'wechat' && !isOnPhone && world.devices.network === 'offline')
    return loseConnection(request, response)
  const isOther =
    webview.device === 'wecom' && world.cookieOwner !== null && world.cookieOwner !== webview.userId
  if (webview.device === 'wecom') world.cookieOwner = webview.userId
  const cookies = isOther
    ? (request.headers.cookie ?? '')
        .split(';')
        .map((one) => `${one.split('=')[0]?.trim() ?? ''}=; Path=/; Max-Age=0; HttpOnly`)
    : []
  response.writeHead(302, {
    location: webview.url,
    'cache-control': 'no-store',
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
  })
  return response.end()
}

/**
 * A page that forgets what one user's pages have stored on the phone (see `partition` in
 * `client/disguise.ts`), and tells the desk.
 */
function clear(response: ServerResponse) {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  })
  return response.end(`<!doctype html><script>
const prefix = 'wechat/' + new URLSearchParams(location.search).get('user') + '/'
for (const store of [localStorage, sessionStorage])
  for (const key of Object.keys(store)) if (key.startsWith(prefix)) store.removeItem(key)
parent.postMessage({ sandbox: 'cleared' }, '*')
</script>`)
}

function webviewOf(world: World, id: string): WebviewRecord {
  const webview = world.webviews.get(id)
  if (!webview) throw new Nonsense('this webview is closed')
  return webview
}

function json(response: ServerResponse, status: number, body: unknown) {
  if (response.headersSent || response.destroyed) return response
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  })
  return response.end(JSON.stringify(body))
}
