import { randomBytes } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import type { Call, Fault } from '../api.ts'
import { readMost } from './body.ts'
import { isRecord } from './fields.ts'
import { sendFile } from './send-file.ts'
import { checkBaseFrequency } from './limits.ts'
import { oddReply } from './odd-reply.ts'
import { keepOriginal } from './originals.ts'
import { shortened } from './shorten.ts'
import { changed, now, seconds, type World } from '../state/world.ts'
import { Download, Refusal, type Method, type Reply, type Upstream } from './method.ts'

const keptCalls = 2000

/**
 * Serves a platform's methods: faults first, then the handler; every call and its reply is
 * remembered. It stands before the router, which would compare each call with the pattern of every
 * door.
 */
export function mount(
  world: World,
  service: Call['service'],
  methods: Method[],
  phrase: Phrase,
): Middleware {
  const byPath = new Map(methods.map((one) => [`${one.method} ${one.path}`, one]))
  return async (ctx, next) => {
    if (!ctx.path.startsWith(`/${service}/`)) return next()
    const path = ctx.path.slice(service.length + 1)
    const found =
      byPath.get(`${ctx.method} ${path}`) ??
      byPath.get(`${ctx.method === 'GET' ? 'POST' : 'GET'} ${path}`)
    return serve(ctx, world, found, await readCall(ctx, service, path), phrase)
  }
}

async function serve(
  ctx: Context,
  world: World,
  method: Method | undefined,
  arrived: Arrived,
  phrase: Phrase,
) {
  const { call } = arrived
  const record = remember(ctx, world, call)
  keepOriginal(world, record, {
    method: ctx.method,
    url: ctx.url,
    contentType: call.contentType,
    raw: call.raw,
  })
  if (!method)
    return refuse(
      ctx,
      record,
      404,
      `the sandbox has no ${ctx.method} ${call.path}: what it plays is listed at /_sandbox/ledger`,
    )
  if (arrived.state === 'long')
    return refuse(ctx, record, 413, `the body is longer than ${mostBytes} bytes`)
  const fault = takeFault(world, call.service, call.path)
  const odd = fault && 'odd' in fault.how ? fault.how.odd : undefined
  if (fault && odd === undefined) return strike(ctx, world, fault, record, phrase, call)
  const answered = answer(
    () => {
      if (isBusy(world)) throw new Refusal(-1, 'system busy')
      checkForm(method, ctx.method, arrived)
      checkBaseFrequency(world, call)
      return method.handle(world, call)
    },
    (error) => phrase(error.errcode, error.message, world, call),
  )
  if (answered instanceof Download) {
    record.reply = `${answered.bytes.length} bytes of ${answered.type}`
    return sendFile(ctx, answered)
  }
  const reply = call.hasWrongJson ? withWarning(answered) : answered
  record.errcode = typeof reply.errcode === 'number' ? reply.errcode : null
  record.reply = shortened(reply)
  ctx.body = reply
  if (odd !== undefined) {
    record.fault = `odd: ${odd}`
    ctx.body = oddReply(reply, odd)
    ctx.type = 'json'
  }
  return undefined
}

/**
 * WW-90455: the warning follows a success and goes before the words of a failure. A new reply:
 * handlers share one `ok`.
 */
function withWarning(reply: Reply): Reply {
  const errmsg = typeof reply.errmsg === 'string' ? reply.errmsg : 'ok'
  return {
    ...reply,
    errmsg:
      (reply.errcode ?? 0) === 0
        ? `${errmsg}. Warning: wrong json format. `
        : `Warning: wrong json format. ${errmsg}`,
  }
}

/**
 * No answer of the platforms, but of the sandbox: what it cannot do at all. The errcode is the HTTP
 * status, which no list of the platforms has. Many clients look at the errcode alone, and take an
 * answer without one for success.
 */
function refuse(ctx: Context, record: Call, status: number, error: string) {
  const body = { errcode: status, errmsg: error, error }
  record.status = status
  record.errcode = status
  record.reply = body
  ctx.status = status
  ctx.body = body
}

function isBusy({ platform: { busy } }: World): boolean {
  if (busy.times > 0) {
    busy.times -= 1
    return true
  }
  return busy.rate > 0 && Math.random() < busy.rate
}

/**
 * The verb and the body. WeChat refuses the wrong ones (43001, 43002, 44002, 47001 of its list).
 * WeCom's list has no such codes: it reads what it can, and says `Warning: wrong json format.`
 * (WW-90455).
 */
function checkForm({ method }: Method, verb: string, { call, state }: Arrived) {
  if (call.service === 'wecom') {
    call.hasWrongJson = state === 'broken'
    return
  }
  if (method === 'POST' && verb !== 'POST') throw new Refusal(43002, 'require POST method')
  if (method === 'GET' && verb !== 'GET') throw new Refusal(43001, 'require GET method')
  if (state === 'broken') throw new Refusal(47001, 'data format error')
  if (method === 'POST' && state === 'empty') throw new Refusal(44002, 'empty post data')
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

function answer(
  handle: () => Reply | Download,
  wording: (error: Refusal) => string,
): Reply | Download {
  try {
    return handle()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { errcode: error.errcode, errmsg: wording(error), ...error.more }
  }
}

/** Media are the largest: a file of 20 MB (WW-90253). */
const mostBytes = 25_000_000

/** A call and what became of its body: `broken` is neither JSON nor a form of parts. */
interface Arrived {
  call: Upstream
  state: 'read' | 'empty' | 'broken' | 'long'
}

async function readCall(
  ctx: Context,
  service: Upstream['service'],
  path: string,
): Promise<Arrived> {
  const query = Object.fromEntries(new URLSearchParams(ctx.querystring))
  const raw = ctx.method === 'POST' ? await readMost(ctx.req, mostBytes) : Buffer.alloc(0)
  const contentType = ctx.get('content-type')
  const ip = (ctx.req.socket.remoteAddress ?? '127.0.0.1').replace('::ffff:', '')
  const isForm = contentType.startsWith('multipart/')
  const body = raw === null || isForm ? null : parse(raw)
  const call = {
    service,
    path,
    query,
    body,
    raw: raw ?? Buffer.alloc(0),
    contentType,
    ip,
    hasWrongJson: false,
  }
  if (raw === null) return { call, state: 'long' }
  if (raw.length === 0) return { call, state: 'empty' }
  return { call, state: isForm || body !== null ? 'read' : 'broken' }
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

async function strike(
  ctx: Context,
  world: World,
  fault: Fault,
  record: Call,
  phrase: Phrase,
  call: Upstream,
) {
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
  if (!('errcode' in how)) return
  record.fault = `errcode ${how.errcode}`
  record.errcode = how.errcode
  const reply = {
    errcode: how.errcode,
    errmsg: phrase(how.errcode, wordsOf(how.errcode), world, call),
  }
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

/** `, hint: [...]` of WeCom, as WW-96238 prints it. */
export function wecomPhrase(errcode: number, text: string, world: World, call: Upstream): string {
  const hint = `[${seconds(world)}_${randomBytes(1)[0]}_${randomBytes(16).toString('hex')}]`
  return `${text}, hint: ${hint}, from ip: ${call.ip}, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`
}

/** ` rid: …` of WeChat; its sign-in methods put a comma before it. */
export function wechatPhrase(
  _errcode: number,
  text: string,
  world: World,
  { path }: Upstream,
): string {
  const rid = `${seconds(world).toString(16)}-${randomBytes(4).toString('hex')}-${randomBytes(4).toString('hex')}`
  return `${text}${path.startsWith('/sns/') ? ',' : ''} rid: ${rid}`
}
