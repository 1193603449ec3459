import { randomBytes } from 'node:crypto'
import type Router from '@koa/router'
import type { Context } from 'koa'
import type { Call, Fault } from '../api.ts'
import { readBytes } from './body.ts'
import { isRecord } from './fields.ts'
import { changed, now, seconds, type World } from '../state/world.ts'
import { Download, Refusal, type Method, type Reply, type Upstream } from './method.ts'

const keptCalls = 2000

/** Serves a platform's methods: faults first, then the handler; every call and its reply is remembered. */
export function mount(router: Router, world: World, service: Call['service'], methods: Method[], phrase: Phrase) {
  const byPath = new Map(methods.map((one) => [`${one.method} ${one.path}`, one]))
  router.all(`/${service}/{*path}`, async (ctx, next) => {
    const path = ctx.path.slice(service.length + 1)
    const found = byPath.get(`${ctx.method} ${path}`) ?? byPath.get(`${ctx.method === 'GET' ? 'POST' : 'GET'} ${path}`)
    if (!found) return next()
    return serve(ctx, world, found, await readCall(ctx, service, path), phrase)
  })
}

async function serve(ctx: Context, world: World, { handle }: Method, call: Upstream, phrase: Phrase) {
  const record = remember(ctx, world, call)
  const fault = takeFault(world, call.service, call.path)
  if (fault) return strike(ctx, world, fault, record, phrase, call)
  const reply = answer(world, handle, call, phrase)
  if (reply instanceof Download) {
    record.reply = `${reply.bytes.length} bytes of ${reply.type}`
    ctx.type = reply.type
    if (reply.name !== null) ctx.attachment(reply.name)
    ctx.body = reply.bytes
    return undefined
  }
  if (call.hasWrongJson) reply.errmsg = `${typeof reply.errmsg === 'string' ? reply.errmsg : 'ok'}. Warning: wrong json format. `
  record.errcode = typeof reply.errcode === 'number' ? reply.errcode : null
  record.reply = shortened(reply)
  ctx.body = reply
  return undefined
}

function remember(ctx: Context, world: World, call: Upstream): Call {
  const record: Call = {
    id: (world.calls.at(-1)?.id ?? 0) + 1,
    at: new Date(now(world)).toISOString(),
    service: call.service,
    method: ctx.method,
    path: call.path,
    query: shortened(call.query),
    body: call.body && shortened(call.body),
    status: 200,
    errcode: null,
    reply: null,
    fault: null,
  }
  world.calls.push(record)
  if (world.calls.length > keptCalls) world.calls.shift()
  return record
}

/** How a platform words a refusal. */
export type Phrase = (errcode: number, text: string, world: World, call: Upstream) => string

function answer(world: World, handle: Method['handle'], call: Upstream, phrase: Phrase): Reply | Download {
  try {
    return handle(world, call)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { errcode: error.errcode, errmsg: phrase(error.errcode, error.message, world, call), ...error.more }
  }
}

/** Media are the largest: a file of 20 MB (WW-90253). */
const mostBytes = 25_000_000

async function readCall(ctx: Context, service: Upstream['service'], path: string): Promise<Upstream> {
  const query = Object.fromEntries(new URLSearchParams(ctx.querystring))
  const raw = ctx.method === 'POST' ? await readBytes(ctx.req, mostBytes).catch(() => Buffer.alloc(0)) : Buffer.alloc(0)
  const contentType = ctx.get('content-type')
  const ip = (ctx.req.socket.remoteAddress ?? '127.0.0.1').replace('::ffff:', '')
  return { service, path, query, body: contentType.startsWith('multipart/') ? null : parse(raw), raw, contentType, ip, hasWrongJson: false }
}

function parse(raw: Buffer): Upstream['body'] {
  if (raw.length === 0) return null
  try {
    const body = JSON.parse(raw.toString('utf8')) as unknown
    return isRecord(body) ? body : null
  } catch {
    return null
  }
}

function takeFault(world: World, service: Call['service'], path: string): Fault | undefined {
  const fault = world.faults.find((one) => one.path === path || one.path === `/${service}${path}`)
  if (!fault) return undefined
  fault.times -= 1
  if (fault.times <= 0) world.faults = world.faults.filter((one) => one !== fault)
  changed(world)
  return fault
}

async function strike(ctx: Context, world: World, fault: Fault, record: Call, phrase: Phrase, call: Upstream) {
  const { how } = fault
  if ('hang' in how) {
    record.fault = 'hang'
    record.status = 0
    await new Promise<void>((resolve) => {
      world.hanging.add(resolve)
      ctx.res.once('close', resolve)
    })
    ctx.status = 504
    return
  }
  if ('html' in how) {
    record.fault = 'html'
    ctx.type = 'html'
    ctx.body =
      '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>'
    return
  }
  if ('status' in how) {
    record.fault = `status ${how.status}`
    record.status = how.status
    ctx.status = how.status
    ctx.body = ''
    return
  }
  record.fault = `errcode ${how.errcode}`
  record.errcode = how.errcode
  const reply = { errcode: how.errcode, errmsg: phrase(how.errcode, wordsOf(how.errcode), world, call) }
  record.reply = reply
  ctx.body = reply
}

const words: Record<number, string> = {
  [-1]: 'system busy',
  40001: 'invalid credential',
  40014: 'invalid access_token',
  40029: 'invalid code',
  42001: 'access_token expired',
  45009: 'api freq out of limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  45033: 'api concurrent out of limit',
  48002: 'api forbidden',
  60020: 'not allow to access from your ip',
  84061: 'not external contact',
  701008: 'no active license',
}

function wordsOf(errcode: number): string {
  return words[errcode] ?? 'invalid request'
}

/** Secrets and tokens are cut, so that a screen of calls can be shown to anyone. */
function shortened<T extends Record<string, unknown>>(values: T): T {
  const secret = /secret|token|ticket|code$|session_key/
  const cut = ([name, value]: [string, unknown]) => [
    name,
    secret.test(name) && typeof value === 'string' && value.length > 8 ? `${value.slice(0, 6)}…` : value,
  ]
  return Object.fromEntries(Object.entries(values).map(cut)) as T
}

/** `, hint: [...]` of WeCom, as WW-96238 prints it. */
export function wecomPhrase(errcode: number, text: string, world: World, call: Upstream): string {
  const hint = `[${seconds(world)}_${randomBytes(1)[0]}_${randomBytes(16).toString('hex')}]`
  return `${text}, hint: ${hint}, from ip: ${call.ip}, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`
}

/** `rid` of WeChat. */
export function wechatPhrase(_errcode: number, text: string, world: World): string {
  return `${text}, rid: ${seconds(world).toString(16)}-${randomBytes(4).toString('hex')}-${randomBytes(4).toString('hex')}`
}
