import { DrizzleQueryError } from 'drizzle-orm'
import pg from 'pg'
import { type Logger, type LoggerOptions, pino, type DestinationStream } from 'pino'
import { problems } from '../../../../shared/contract/problems.ts'
import type { Config } from '../../../config.ts'

/** Keys whose values must never appear in the log, at any depth that we log. */
const secrets = [
  'authorization',
  'cookie',
  'set-cookie',
  'code',
  'js_code',
  'ticket',
  'access_token',
  'corpsecret',
  'secret',
  'session_key',
  'sessionSecret',
  'token',
  'password',
]
const paths = secrets.flatMap((key) =>
  ['', '*.', '*.*.'].map((prefix) =>
    /^\w+$/.test(key) ? `${prefix}${key}` : `${prefix.replace(/\.$/, '')}["${key}"]`,
  ),
)

/** Codes that name an error: those of our contract, of Node (`ECONNRESET`) and of PostgreSQL. */
const namesError = /^(?:E[A-Z]+|ERR_[A-Z_0-9]+|[0-9A-Z]{5})$/

/**
 * A login code of WeChat or WeCom stands under the same key as the code of an error, which the
 * operator needs.
 */
function censor(value: unknown, path: readonly string[]): unknown {
  const readable =
    path.at(-1) === 'code' &&
    (typeof value === 'number' ||
      (typeof value === 'string' && (Object.hasOwn(problems, value) || namesError.test(value))))
  return readable ? value : '[secret]'
}

/** Logs JSON lines. Addresses appear as route patterns, and query strings never appear. */
export function openLog(config: Pick<Config, 'logLevel'>, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level: config.logLevel,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (level) => ({ level }) },
    redact: { paths, censor },
    serializers: { err: describeError },
  }
  // Lines of one turn of the event loop are written together. The rest is written when the process
  // ends.
  return pino(options, destination ?? pino.destination({ fd: 1, sync: false }))
}

/**
 * An error in pino's form, without the values of a failed statement. Drizzle and PostgreSQL put
 * these values into their messages, and they may be names, telephone numbers or tickets.
 */
function describeError(error: Error): object {
  const {
    params: _params,
    detail: _detail,
    extras: _extras,
    ...told
  } = pino.stdSerializers.err(error)
  const values = valuesIn(error)
  const without = (text: string) => values.reduce((left, value) => left.replaceAll(value, ''), text)
  return { ...told, message: without(told.message), stack: without(told.stack) }
}

function valuesIn(error: Error): string[] {
  const values: string[] = []
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof DrizzleQueryError) values.push(`\nparams: ${String(inner.params)}`)
    else if (inner instanceof pg.DatabaseError)
      values.push(...(/: ".*"$/s.exec(inner.message) ?? []))
  }
  return values
}
