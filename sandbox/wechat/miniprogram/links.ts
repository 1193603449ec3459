import { inside, numberField, objectField, textField, flagField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { makeSecret, now, type World } from '../../state/world.ts'
import { limitOf, usageOf } from '../accounts/quota.ts'
import { miniprogramOf } from '../accounts/tokens.ts'
import { pageExists } from './pages.ts'
import type { Link } from './state.ts'

const day = 86_400_000
const mostDays = 30
const mostLinksInDay = 500_000
const schemeStart = 'weixin://dl/business/?t='
const linkPath = '/wxa/generate_urllink'
const schemePath = '/wxa/generatescheme'

export const linkMethods: Method[] = [
  { method: 'POST', path: linkPath, handle: generateUrlLink },
  { method: 'POST', path: '/wxa/query_urllink', handle: queryUrlLink },
  { method: 'POST', path: schemePath, handle: generateScheme },
  { method: 'POST', path: '/wxa/queryscheme', handle: queryScheme },
  { method: 'POST', path: '/wxa/genwxashortlink', handle: generateShortLink },
]

/** An address that opens the mini program; the real one is on wxaurl.cn. */
function generateUrlLink(world: World, call: Upstream): Reply {
  const { appid } = miniprogramOf(world, call)
  const id = keep(world, appid, readLink(world, call, call))
  return { errcode: 0, errmsg: 'ok', url_link: urlOf(world, id) }
}

function urlOf(world: World, id: string): string {
  return `${world.addresses.sandbox}/wechat-mp/u/${id}`
}

function generateScheme(world: World, call: Upstream): Reply {
  const { appid } = miniprogramOf(world, call)
  const id = keep(world, appid, readLink(world, inside(call, objectField(call, 'jump_wxa')), call))
  return { errcode: 0, errmsg: 'ok', openlink: schemeStart + id }
}

function readLink(world: World, target: Upstream, call: Upstream): Link {
  const page = textField(target, 'path').replace(/^\//, '')
  if (page !== '' && !pageExists(world, page)) throw new Refusal(40165, 'invalid weapp pagepath')
  const query = textField(target, 'query', { most: 1024, wrong: [40212, 'invalid query'] })
  if (!/^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~%]*$/.test(query)) throw new Refusal(40212, 'invalid query')
  const version = textField(target, 'env_version') || 'release'
  if (!['release', 'trial', 'develop'].includes(version))
    throw new Refusal(85402, 'invalid env_version')
  return { page, query, version, createdAt: now(world), expiresAt: expiryIn(world, call) }
}

/** By a moment (0) or by days (1); thirty days at the most, and without either. */
function expiryIn(world: World, call: Upstream): number {
  const wrong: [number, string] = [85401, 'invalid expire_time']
  const type = numberField(call, 'expire_type', 0, { least: 0, most: 1, wrong })
  const last = now(world) + mostDays * day
  if (type === 1)
    return (
      now(world) +
      numberField(call, 'expire_interval', mostDays, {
        missing: wrong,
        least: 1,
        most: mostDays,
        wrong,
      }) *
        day
    )
  const moment = numberField(call, 'expire_time', 0) * 1000
  if (moment === 0) return last
  if (moment <= now(world) || moment > last) throw new Refusal(...wrong)
  return moment
}

/** Links and schemes share a day's number. */
function keep(world: World, appid: string, link: Link): string {
  const used = usageOf(world, appid, linkPath).today + usageOf(world, appid, schemePath).today
  if (used > (limitOf(world, appid, '/wxa/links').daily ?? mostLinksInDay))
    throw new Refusal(44993, 'reach max generate limit today')
  const id = makeSecret(11).replaceAll(/[-_]/g, 'a')
  world.miniprogram.links.set(id, link)
  return id
}

function queryUrlLink(world: World, call: Upstream): Reply {
  const { appid } = miniprogramOf(world, call)
  const link = linkOf(world, textField(call, 'url_link'))
  return { errcode: 0, errmsg: 'ok', url_link_info: describe(appid, link), ...quota }
}

function queryScheme(world: World, call: Upstream): Reply {
  const { appid } = miniprogramOf(world, call)
  const link = linkOf(world, textField(call, 'scheme'))
  return { errcode: 0, errmsg: 'ok', scheme_info: describe(appid, link), ...quota }
}

const quota = { quota_info: { remain_visit_quota: 3_000_000 } }

function describe(appid: string, { page, query, createdAt, expiresAt, version }: Link): Reply {
  const [created, expires] = [createdAt, expiresAt].map((ms) => Math.floor(ms / 1000))
  return {
    appid,
    path: page,
    query,
    create_time: created,
    expire_time: expires,
    env_version: version,
  }
}

function linkOf(world: World, text: string): Link {
  const link = findLink(world, text)
  if (!link) throw new Refusal(85403, 'link not exist')
  return link
}

/** What a URL link or scheme stands for, expired or not. */
export function findLink(world: World, text: string): Link | undefined {
  const id = text.startsWith(schemeStart)
    ? text.slice(schemeStart.length)
    : text.split('/wechat-mp/u/')[1]
  return id === undefined ? undefined : world.miniprogram.links.get(id)
}

/** The page a link leads to, with its query. */
export function targetOf(world: World, { page, query }: Link): string {
  const path = page || world.scene.miniprogram.home.replace(/\.html$/, '')
  return query === '' ? path : `${path}?${query}`
}

/** `#小程序://…`, which works only inside WeChat's chats. */
function generateShortLink(world: World, call: Upstream): Reply {
  const { name } = miniprogramOf(world, call)
  const url = textField(call, 'page_url', {
    missing: [40066, 'invalid url'],
    most: 1024,
    wrong: [40066, 'invalid url'],
  })
  if (!pageExists(world, url.replace(/^\//, '').split('?')[0] ?? ''))
    throw new Refusal(40066, 'invalid url')
  flagField(call, 'is_permanent')
  const title = textField(call, 'page_title', { most: 20, wrong: [40225, 'invalid page title'] })
  return { errcode: 0, errmsg: 'ok', link: `#小程序://${name}/${title || name}/${makeSecret(15)}` }
}
