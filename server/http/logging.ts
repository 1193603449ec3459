import { type Logger, type LoggerOptions, pino, type DestinationStream } from 'pino'
import type { Config } from '../config.ts'

/** What must not be read in a log, by key, at any of the depths we log at. */
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
  ['', '*.', '*.*.'].map((prefix) => (/^\w+$/.test(key) ? `${prefix}${key}` : `${prefix.replace(/\.$/, '')}["${key}"]`)),
)

/** JSON lines. Addresses are logged as route patterns; query strings never are. */
export function openLog(config: Pick<Config, 'logLevel'>, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level: config.logLevel,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (level) => ({ level }) },
    redact: { paths, censor: '[secret]' },
  }
  // Lines of one turn of the event loop are written together; what is left is written when the process ends.
  return pino(options, destination ?? pino.destination({ fd: 1, sync: false }))
}
