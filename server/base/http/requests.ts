import type { Context as KoaContext, Next } from 'koa'
import type { Context } from '../context.ts'
import { isDatabaseDown } from '../db/database.ts'
import { localeOf } from '../locale.ts'
import { Problem } from '../problem.ts'

/**
 * Wraps every request: gives it an id, a log line and a metric, and turns every error into
 * problem+json (RFC 9457). For a fault of ours the client learns only the request id; the cause
 * stands in the log under this id.
 */
export function requests(ctx: Context) {
  const { metrics, random } = ctx
  // These lines hold only the fields that are named here. Looking for secrets in each line would
  // cost more than writing it.
  const log = ctx.log.child({}, { redact: [] })
  const prefix = random.token(6)
  let count = 0

  return async (koa: KoaContext, next: Next): Promise<void> => {
    const started = performance.now()
    const { req, res } = koa
    count += 1
    koa.requestId = readRequestId(req.headers['x-request-id']) ?? `${prefix}-${count.toString(36)}`
    koa.route = 'unmatched'
    res.setHeader('X-Request-Id', koa.requestId)
    res.setHeader('X-Content-Type-Options', 'nosniff')
    res.once('close', () => {
      const ms = performance.now() - started
      const { statusCode: status } = res
      metrics.requests.observe({ method: req.method ?? '', route: koa.route, status }, ms / 1000)
      const level = status >= 500 ? 'warn' : 'info'
      if (!log.isLevelEnabled(level)) return
      const line = {
        request: koa.requestId,
        method: req.method,
        route: koa.route,
        status,
        ms: Math.round(ms * 10) / 10,
      }
      log[level](res.writableFinished ? line : { ...line, broken: true }, 'request')
    })
    try {
      await next()
      if (
        !res.headersSent &&
        koa.respond !== false &&
        koa.status === 404 &&
        koa.body === undefined
      ) {
        throw new Problem('not_found', `There is nothing at ${koa.path}`)
      }
    } catch (error) {
      answer(ctx, koa, error)
    }
  }
}

export function answer(ctx: Context, koa: KoaContext, error: unknown): void {
  const problem = error instanceof Problem ? error : problemOf(error)
  if (problem.code === 'internal')
    ctx.log.error({ err: error, request: koa.requestId, route: koa.route }, 'unexpected error')
  else if (problem.status >= 500)
    ctx.log.warn(
      {
        request: koa.requestId,
        route: koa.route,
        code: problem.code,
        detail: problem.message,
        err: problem.cause,
      },
      'request could not be served',
    )
  if (koa.res.headersSent) {
    // Half of an answer is sent already. Only a broken connection can tell the client.
    koa.res.destroy()
    return
  }
  koa.respond = true
  for (const [name, value] of Object.entries(problem.extras.headers ?? {})) koa.set(name, value)
  koa.status = problem.status
  koa.body = JSON.stringify(
    problem.body(koa.requestId, localeOf(koa.req.headers['accept-language'])),
  )
  koa.type = 'application/problem+json'
  koa.set('Cache-Control', 'no-store')
  if (!koa.req.complete && koa.response.get('Connection') === 'close') linger(koa)
}

function problemOf(cause: unknown): Problem {
  if (isDatabaseDown(cause))
    return new Problem('unavailable', 'The database does not answer; try again in a moment', {
      cause,
      headers: { 'Retry-After': '2' },
    })
  return new Problem(
    'internal',
    'Something went wrong on our side; the log has it under this request id',
    { cause },
  )
}

const lingerMs = 1_000

/**
 * A client that is still sending would see a reset connection instead of our answer: Node closes at
 * once, with bytes unread. The server says that it will send no more, and reads on for a moment.
 */
function linger({ req }: KoaContext): void {
  const { socket } = req
  req.resume()
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), lingerMs).unref()
  }
}

function readRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.-]{8,64}$/.test(header) ? header : undefined
}
