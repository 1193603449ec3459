import { mapDomain, type Machine, type Network } from '../machine.ts'
import { asynchronous, guard, type Options, Refused, settle, textOf } from './api.ts'

/** wx.request.md. There is no PATCH. */
const methods = new Set(['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'])
/** The three functions together: at most ten at a time; the eleventh waits. */
const mostInFlight = 10
const lost = 'errcode:-101 cronet_error_code:-101 error_msg:net::ERR_INTERNET_DISCONNECTED'

export function networkFunctions(machine: Machine): Record<string, unknown> {
  const queue = makeQueue()
  const start =
    (name: string, make: (options: Options) => Promise<Sending>) => (options: Options) =>
      begin(machine, queue, name, options, make)
  const { network } = machine
  const listeners = new Map<unknown, (now: Network) => void>()
  return {
    request: start('request', (options) => Promise.resolve(requestOf(machine, options))),
    uploadFile: start('uploadFile', (options) => Promise.resolve(uploadOf(machine, options))),
    downloadFile: start('downloadFile', (options) => Promise.resolve(downloadOf(machine, options))),
    ...asynchronous({
      getNetworkType: () => ({
        networkType: typeOf(network.now),
        hasSystemProxy: false,
        weakNet: network.now === 'weak',
      }),
    }),
    onNetworkStatusChange(listener: (result: object) => void) {
      const heard = (now: Network) =>
        guard(listener, { isConnected: now !== 'offline', networkType: typeOf(now) })
      listeners.set(listener, heard)
      network.listeners.add(heard)
    },
    offNetworkStatusChange(listener?: unknown) {
      for (const [one, heard] of listeners)
        if (listener === undefined || one === listener) network.listeners.delete(heard)
    },
  }
}

interface Sending {
  url: string
  init: RequestInit
  read: (response: Response) => Promise<object>
}

function typeOf(now: Network): string {
  return now === 'offline' ? 'none' : 'wifi'
}

function requestOf(machine: Machine, options: Options): Sending {
  const method = (textOf(options, 'method') || 'GET').toUpperCase()
  if (!methods.has(method))
    throw new Refused(
      `parameter error: parameter.method should be one of ${[...methods].join(', ')} instead of ${method}`,
    )
  const header = headersOf(options)
  const isReading = method === 'GET' || method === 'HEAD'
  const url = addressOf(machine, textOf(options, 'url'))
  const data = options.data
  if (!isReading && !header.has('content-type')) header.set('content-type', 'application/json')
  const body =
    isReading || data === undefined ? null : bodyOf(data, header.get('content-type') ?? '')
  return {
    url: isReading && typeof data === 'object' && data !== null ? withQuery(url, data) : url,
    init: { method, headers: header, body },
    read: async (response) => ({
      data: await readBody(response, options),
      statusCode: response.status,
      header: headerOf(response),
      cookies: [],
    }),
  }
}

function uploadOf(machine: Machine, options: Options): Sending {
  const blob = machine.files.find(textOf(options, 'filePath'))
  if (!blob) throw new Refused(`file not found`)
  const form = new FormData()
  for (const [name, value] of Object.entries((options.formData ?? {}) as Record<string, unknown>))
    form.append(name, String(value))
  form.append(textOf(options, 'name'), blob, textOf(options, 'filePath').split('/').at(-1))
  const headers = headersOf(options)
  headers.delete('content-type')
  return {
    url: addressOf(machine, textOf(options, 'url')),
    init: { method: 'POST', headers, body: form },
    // A string, whatever was sent.
    read: async (response) => ({
      data: await response.text(),
      statusCode: response.status,
      header: headerOf(response),
    }),
  }
}

function downloadOf(machine: Machine, options: Options): Sending {
  return {
    url: addressOf(machine, textOf(options, 'url')),
    init: { headers: headersOf(options) },
    async read(response) {
      const ending = /\.(\w{1,5})(?:\?|$)/.exec(response.url)?.[1] ?? 'bin'
      const tempFilePath = machine.files.add(await response.blob(), ending)
      return { tempFilePath, statusCode: response.status, header: headerOf(response) }
    },
  }
}

/** The mini program's domains are https, and registered: nothing else is asked. */
function addressOf({ start }: Machine, url: string): string {
  if (!/^https?:\/\//.test(url)) throw new Refused('invalid url')
  const address = mapDomain(start.domains, url)
  if (address === null) throw new Refused('url not in domain list', 600002)
  return address
}

function headersOf(options: Options): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries((options.header ?? {}) as Record<string, unknown>)) {
    // The Referer is WeChat's own: what a mini program sets is dropped.
    if (name.toLowerCase() !== 'referer') headers.set(name, String(value))
  }
  return headers
}

function bodyOf(data: unknown, type: string): BodyInit {
  if (typeof data === 'string' || data instanceof ArrayBuffer) return data
  if (!type.includes('application/x-www-form-urlencoded')) return JSON.stringify(data)
  return new URLSearchParams(Object.entries(data as Record<string, string>)).toString()
}

function withQuery(url: string, data: object): string {
  const query = new URLSearchParams(Object.entries(data as Record<string, string>)).toString()
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`
}

async function readBody(response: Response, options: Options): Promise<unknown> {
  if (options.responseType === 'arraybuffer') return response.arrayBuffer()
  const text = await response.text()
  if ((options.dataType ?? 'json') !== 'json') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function headerOf(response: Response): Record<string, string> {
  return Object.fromEntries(response.headers)
}

type Queue = <T>(run: () => Promise<T>) => Promise<T>

function makeQueue(): Queue {
  let inFlight = 0
  const waiting: (() => void)[] = []
  return async (run) => {
    if (inFlight >= mostInFlight) await new Promise<void>((resolve) => waiting.push(resolve))
    inFlight += 1
    try {
      return await run()
    } finally {
      inFlight -= 1
      waiting.shift()?.()
    }
  }
}

/** The task that the three functions give back. */
function begin(
  machine: Machine,
  queue: Queue,
  name: string,
  options: Options,
  make: (options: Options) => Promise<Sending>,
): object {
  const stop = new AbortController()
  const progress = new Set<(result: object) => void>()
  let aborted = false
  // A request that is made while the mini program closes must go out before the frame is gone.
  const isLast = machine.leaving
  const run = async () => {
    const { url, init, read } = await make(options)
    const timer = setTimeout(
      () => stop.abort(),
      typeof options.timeout === 'number' ? options.timeout : 60_000,
    )
    try {
      const response = await queue(() =>
        send(machine, url, { ...init, keepalive: isLast, signal: stop.signal }),
      )
      const result = await read(response)
      progress.forEach((listener) =>
        guard(listener, { progress: 100, totalBytesSent: 0, totalBytesExpectedToSend: 0 }),
      )
      return result
    } catch (error) {
      if (error instanceof Refused) throw error
      if (aborted) throw new Refused('abort')
      throw new Refused(
        stop.signal.aborted
          ? 'timeout'
          : lost.replace('INTERNET_DISCONNECTED', 'CONNECTION_REFUSED'),
      )
    } finally {
      clearTimeout(timer)
    }
  }
  if (isLast) void run().catch(() => undefined)
  else void settle(name, { ...options, complete: options.complete ?? (() => undefined) }, run)
  return {
    abort() {
      aborted = true
      stop.abort()
    },
    onProgressUpdate: (listener: (result: object) => void) => void progress.add(listener),
    offProgressUpdate: (listener: (result: object) => void) => void progress.delete(listener),
    onHeadersReceived: () => undefined,
    offHeadersReceived: () => undefined,
  }
}

/** A weak network is played by the sandbox's proxy, which knows by the mark whose request it is. */
function send({ network, webview }: Machine, url: string, init: RequestInit): Promise<Response> {
  if (network.now === 'offline') return Promise.reject(new Refused(lost))
  const headers = new Headers(init.headers)
  headers.set('x-sandbox-webview', webview)
  // A mini program has no cookies.
  return fetch(url, { ...init, headers, credentials: 'omit', cache: 'no-store' })
}
