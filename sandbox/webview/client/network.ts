import { ask, type Facts } from './facts.ts'

type Network = 'good' | 'weak' | 'offline'

/**
 * The phone's connection as a page sees it. The sandbox's proxy lets requests wait or break; here
 * the page's own calls say which window they come from, and `navigator.onLine` and its two events
 * follow what the desk tells.
 */
export function followNetwork(facts: Facts) {
  nameCalls(facts)
  let network: Network = 'good'
  Object.defineProperty(navigator, 'onLine', {
    configurable: true,
    get: () => network !== 'offline',
  })
  const become = (next: unknown) => {
    if (next !== 'good' && next !== 'weak' && next !== 'offline') return
    const wasOnline = navigator.onLine
    network = next
    if (wasOnline !== navigator.onLine)
      window.dispatchEvent(new Event(navigator.onLine ? 'online' : 'offline'))
  }
  window.addEventListener(
    'message',
    ({ source, data }: MessageEvent<{ sandbox?: string; network?: string } | null>) => {
      if (source === window.parent && data?.sandbox === 'network') become(data.network)
    },
  )
  ask('network', { webview: facts.id })
    .then((reply) => become(reply.network))
    .catch(() => undefined)
}

/**
 * The laptop's browser knows nothing of windows: calls of all frames look alike to the proxy unless
 * they are marked.
 */
function nameCalls({ id }: Facts) {
  const isOurs = (url: string | URL) => new URL(url, location.href).origin === location.origin
  const { fetch, EventSource } = window
  window.fetch = (input, init) => {
    if (!isOurs(input instanceof Request ? input.url : input)) return fetch(input, init)
    const request = new Request(input, init)
    request.headers.set('x-sandbox-webview', id)
    return fetch(request)
  }
  const { open } = XMLHttpRequest.prototype
  XMLHttpRequest.prototype.open = function (
    this: XMLHttpRequest,
    method: string,
    url: string | URL,
    ...rest: [boolean?, string?, string?]
  ) {
    open.call(this, method, url, rest[0] ?? true, rest[1], rest[2])
    if (isOurs(url)) this.setRequestHeader('x-sandbox-webview', id)
  }
  window.EventSource = class extends EventSource {
    constructor(url: string | URL, options?: EventSourceInit) {
      const marked = new URL(url, location.href)
      if (isOurs(marked)) marked.searchParams.set('_webview', id)
      super(marked, options)
    }
  }
}
