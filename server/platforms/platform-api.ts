import axios, { type AxiosResponse } from 'axios'
import type { Logger } from 'pino'
import { setTimeout as wait } from 'node:timers/promises'
import * as v from 'valibot'
import type { Clock } from '../base/clock.ts'
import type { Metrics } from '../base/http/operator/metrics.ts'
import { number, optionalText, readLenient } from './lenient.ts'
import { PlatformError, type PlatformName } from './platform-error.ts'
import { readReplyJson } from './reply-json.ts'

export interface PlatformRequest {
  method: 'GET' | 'POST'
  path: string
  query?: Readonly<Record<string, string>>
  body?: unknown
}

export interface PlatformApi {
  /** Returns the parsed reply. @throws PlatformError */
  call<S extends v.GenericSchema>(schema: S, request: PlatformRequest): Promise<v.InferOutput<S>>
}

/** What every client of a platform is made with. */
export interface PlatformSurroundings {
  clock: Clock
  log: Logger
  metrics: Metrics
  /** How long one answer may take, in milliseconds; five seconds by default. */
  timeoutMs?: number | undefined
  /** Reports the state of the platform after every call; `detail` holds no secret. */
  seen(platform: PlatformName, ok: boolean, detail: string): void
}

export interface PlatformApiOptions extends PlatformSurroundings {
  platform: PlatformName
  baseUrl: string
}

const patienceMs = 5_000

/** Success is an errcode of 0 or none: some endpoints leave it out (WW-90605). */
const Envelope = v.looseObject({
  errcode: v.nullish(number, 0),
  errmsg: optionalText,
})

const busy = -1
const mostTries = 3
const quota = new Set([45009, 45011, 45033])
const mostBytes = 8 * 1024 * 1024

export function openPlatformApi({
  platform,
  baseUrl,
  timeoutMs = patienceMs,
  log,
  metrics,
  seen,
}: PlatformApiOptions): PlatformApi {
  const http = axios.create({
    baseURL: baseUrl,
    responseType: 'text',
    transformResponse: (text: string) => text,
    validateStatus: () => true,
    maxRedirects: 0,
    maxContentLength: mostBytes,
    // The sandbox runs on this machine. A proxy from the environment is only for Tencent's hosts.
    ...(/^(localhost|127\.|\[::1\])/.test(new URL(baseUrl).hostname) && { proxy: false as const }),
  })
  const calls = metrics.counter(
    'platform_calls_total',
    'Calls to the platforms by path and errcode ("none" = no readable answer)',
    ['platform', 'path', 'errcode'],
  )
  const oddities = metrics.counter(
    'platform_replies_odd_total',
    'Replies that had to be mended or filled up to be read, by path and by what was odd in them',
    ['platform', 'path', 'what'],
  )
  const note = (ok: boolean, detail: string) => seen(platform, ok, detail)

  function unreachable(path: string, errmsg: string): PlatformError {
    calls.inc({ platform, path, errcode: 'none' })
    note(false, `${path}: ${errmsg}`)
    return new PlatformError('platform_unreachable', { platform, path, errcode: null, errmsg })
  }

  async function send({
    method,
    path,
    query,
    body,
  }: PlatformRequest): Promise<AxiosResponse<string>> {
    try {
      // We do not use axios' `timeout`: it starts anew with every byte that arrives.
      return await http.request<string>({
        method,
        url: path,
        params: query,
        data: body,
        signal: AbortSignal.timeout(timeoutMs),
      })
    } catch (error) {
      // We drop the error itself, because its request holds secrets.
      if (axios.isCancel(error)) throw unreachable(path, `no answer within ${timeoutMs} ms`)
      throw unreachable(
        path,
        axios.isAxiosError(error) ? (error.code ?? error.message) : 'no answer',
      )
    }
  }

  async function attempt<S extends v.GenericSchema>(
    schema: S,
    request: PlatformRequest,
  ): Promise<v.InferOutput<S>> {
    const { path } = request
    const response = await send(request)
    if (response.status !== 200)
      throw unreachable(path, `answered with HTTP status ${response.status}`)
    const read = readReplyJson(response.data)
    const json = read?.value
    const envelope = v.safeParse(Envelope, json)
    if (!envelope.success) throw unreachable(path, 'answered with something that is not its JSON')
    const { errcode, errmsg } = envelope.output
    calls.inc({ platform, path, errcode })
    if (errcode !== 0) {
      const code =
        errcode === busy
          ? 'platform_busy'
          : quota.has(errcode)
            ? 'platform_quota'
            : 'platform_refused'
      // The errmsg holds our address. It goes to the log, but not into the health that anybody may
      // read.
      note(errcode !== busy, `${path}: errcode ${errcode}`)
      throw new PlatformError(code, { platform, path, errcode, errmsg })
    }
    const { result: reply, odd } = readLenient(schema, json)
    for (const what of [...(read?.odd ?? []), ...odd]) oddities.inc({ platform, path, what })
    if (!reply.success)
      throw unreachable(
        path,
        `answered in an unknown shape: ${v.getDotPath(reply.issues[0]) ?? ''} ${reply.issues[0].message}`,
      )
    note(true, 'answers')
    return reply.output
  }

  return {
    async call(schema, request) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt(schema, request)
        } catch (error) {
          // "建议重试次数不超过 3 次": WW-90455, row -1
          const again =
            error instanceof PlatformError && error.errcode === busy && tries < mostTries
          if (!again) throw error
          log.warn({ platform, path: request.path, tries }, 'the platform is busy; asking again')
          await wait(tries * 100)
        }
      }
    },
  }
}
