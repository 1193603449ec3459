import type { Meter } from '../../platform/area.ts'
import { Refusal } from '../../platform/method.ts'
import { now, type World } from '../../state/world.ts'
import type { Limit, Usage } from './state.ts'

const minute = 60_000
const day = 86_400_000
const hours8 = 28_800_000

/**
 * The published daily limits (doc/service/guide/dev/api/limit) and those by the minute that the
 * methods' own pages name. Others are not counted against anything.
 */
const published: Record<string, Limit> = {
  '/cgi-bin/token': { daily: 2000 },
  '/cgi-bin/stable_token': { daily: 500_000, perMinute: 10_000 },
  '/cgi-bin/menu/create': { daily: 1000 },
  '/cgi-bin/menu/get': { daily: 10_000 },
  '/cgi-bin/menu/delete': { daily: 1000 },
  '/cgi-bin/media/upload': { daily: 100_000 },
  '/cgi-bin/media/get': { daily: 200_000 },
  '/cgi-bin/media/uploadnews': { daily: 10 },
  '/cgi-bin/message/custom/send': { daily: 500_000 },
  '/cgi-bin/message/mass/sendall': { daily: 100, perMinute: 60 },
  '/cgi-bin/message/mass/send': { daily: 100, perMinute: 60 },
  '/cgi-bin/message/mass/delete': { daily: 10 },
  '/cgi-bin/message/mass/preview': { daily: 100 },
  '/cgi-bin/message/template/send': { daily: 100_000 },
  '/cgi-bin/qrcode/create': { daily: 100_000 },
  '/cgi-bin/user/get': { daily: 500 },
  '/cgi-bin/user/info': { daily: 5_000_000 },
  '/cgi-bin/user/info/updateremark': { daily: 10_000 },
  '/wxa/getwxacodeunlimit': { perMinute: 5000 },
  '/wxa/generate_urllink': { daily: 500_000 },
  '/wxa/generatescheme': { daily: 500_000 },
  '/wxa/msg_sec_check': { daily: 2_000_000, perMinute: 4000 },
  '/wxa/media_check_async': { daily: 200_000, perMinute: 2000 },
}

export function limitOf(world: World, appid: string, path: string): Limit {
  return { ...published[path], ...world.accounts.limits.get(`${appid} ${path}`) }
}

/**
 * Counts a call of an account. A refused one is not counted. The day begins at midnight in Beijing,
 * the minute with its first call.
 */
export function countUse(world: World, appid: string, path: string) {
  const limit = limitOf(world, appid, path)
  const usage = usageOf(world, appid, path)
  if (limit.daily !== undefined && usage.today >= limit.daily)
    throw new Refusal(45009, 'reach max api daily quota limit')
  if (limit.perMinute !== undefined && usage.thisMinute >= limit.perMinute) {
    throw new Refusal(45011, 'api minute-quota reach limit, must slower, retry next minute')
  }
  world.accounts.usage.set(`${appid} ${path}`, {
    ...usage,
    today: usage.today + 1,
    thisMinute: usage.thisMinute + 1,
  })
}

export function usageOf(world: World, appid: string, path: string): Usage {
  const known = world.accounts.usage.get(`${appid} ${path}`)
  const at = now(world)
  const isSameMinute = known !== undefined && at - known.minuteStart < minute
  return {
    day: dayOf(at),
    today: known?.day === dayOf(at) ? known.today : 0,
    minuteStart: isSameMinute ? known.minuteStart : at,
    thisMinute: isSameMinute ? known.thisMinute : 0,
  }
}

/** Days and months as the platform counts them, by Beijing's clock. */
export function dayOf(ms: number): number {
  return Math.floor((ms + hours8) / day)
}

export function monthOf(ms: number): string {
  return new Date(ms + hours8).toISOString().slice(0, 7)
}

export function clearUsage(world: World, appid: string) {
  for (const key of world.accounts.usage.keys())
    if (key.startsWith(`${appid} `)) world.accounts.usage.delete(key)
}

/** What was used of the limits that apply. */
export function quotaMeters(world: World): Meter[] {
  return [...world.accounts.usage.keys()].flatMap((key) => {
    const [appid = '', path = ''] = key.split(' ')
    const { daily } = limitOf(world, appid, path)
    if (daily === undefined) return []
    return [
      {
        title: `${appid} ${path}`,
        used: usageOf(world, appid, path).today,
        most: daily,
        window: day / 1000,
      },
    ]
  })
}
