import { readFileSync } from 'node:fs'
import { Agent, createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serialize } from 'node:v8'
import type { World } from '../../state/world.ts'
import { areas } from '../areas.ts'
import { createSite } from '../site.ts'
import { createWorld } from '../create-world.ts'

export type Json = Record<string, unknown>

/** A method with the service it belongs to and the request that its official page shows. */
export interface Played {
  service: 'wecom' | 'wechat'
  method: 'GET' | 'POST'
  path: string
  /** Names of the query's fields, without tokens. */
  query: string[]
  body: Json | null
}

export interface Answer {
  status: number
  type: string
  body: Json
}

export interface EveryMethod {
  world: World
  methods: Played[]
  call: (method: string, url: string, body?: string) => Promise<Answer>
  close: () => Promise<void>
}

/**
 * One line for each method: its official request sample, from the pages that the ledger names
 * (developer.work.weixin.qq.com, developers.weixin.qq.com), cut to one of each list.
 */
const samples = new Map(
  readFileSync(new URL('samples.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, { query?: string[]; body?: Json }]),
)

/**
 * The sandbox's own site on a free port, with its world in hand and no time that passes by itself.
 */
export async function openEveryMethod(): Promise<EveryMethod> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const world = createWorld('demo', {
    sandbox: origin,
    webview: 'http://localhost:1',
    upstream: ['http://127.0.0.1:1'],
  })
  server.on('request', createSite(world, { authorize: '' }, '/nowhere').callback())
  const agent = new Agent({ keepAlive: true })
  return {
    world,
    methods: areas.flatMap(({ service, methods }) =>
      methods.map(({ method, path }) => ({
        service,
        method,
        path,
        query: [],
        body: null,
        ...samples.get(`${service} ${path}`),
      })),
    ),
    call: (method, url, body) => ask(agent, port, method, url, body),
    close: () => close(server, agent),
  }
}

function ask(
  agent: Agent,
  port: number,
  method: string,
  path: string,
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ agent, port, host: '127.0.0.1', method, path }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const type = String(response.headers['content-type'] ?? '')
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          type,
          body: type.includes('json') ? (JSON.parse(text) as Json) : { text: text.slice(0, 80) },
        })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}

function close(server: Server, agent: Agent): Promise<void> {
  agent.destroy()
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/**
 * Equal bytes are an equal world, at a tenth of the price of reading it; unequal ones may only
 * differ in how V8 keeps a text.
 */
export function bytesOf(world: World): Buffer {
  return serialize(dataOf(world))
}

export function imprint(world: World): string {
  return JSON.stringify(dataOf(world), (_key, one: unknown) => {
    if (one instanceof Map || one instanceof Set) return [...(one as Iterable<unknown>)]
    return one instanceof Uint8Array ? one.length : one
  })
}

/**
 * Everything that a refusal must leave as it was: not the log of calls, and not what counts calls.
 */
function dataOf(world: World): object {
  const {
    platform: _platform,
    counters: _counters,
    revision: _revision,
    webviews: _webviews,
    outbox: _outbox,
    ...rest
  } = world
  const {
    hanging: _hanging,
    calls: _calls,
    invokes: _invokes,
    listeners: _listeners,
    pushes,
    accounts,
    devices,
    ...plain
  } = rest
  const { usage: _usage, ...quiet } = accounts
  return { ...plain, accounts: quiet, addresses: pushes.addresses, position: devices.position }
}

/** Where two imprints differ, for people. */
export function difference(left: string, right: string): string {
  let at = 0
  while (at < left.length && left[at] === right[at]) at += 1
  return `${left.slice(Math.max(0, at - 80), at + 60)} → ${right.slice(at, at + 100)}`
}
