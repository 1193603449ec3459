import { randomBytes } from 'node:crypto'
import { numberField, textField } from '../../platform/fields.ts'
import { readFile } from '../../platform/multipart.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { push } from '../../pushes/push.ts'
import { now, seconds, type World } from '../../state/world.ts'
import { findByOpenid } from '../accounts/openids.ts'
import { miniprogramOf } from '../accounts/tokens.ts'
import type { MediaCheck, RiskyWord } from './state.ts'

const ok = { errcode: 0, errmsg: 'ok' }
const twoHours = 7_200_000
const megabyte = 1024 * 1024
const mediaCheckTakes = 2000

export const securityMethods: Method[] = [
  { method: 'POST', path: '/wxa/msg_sec_check', handle: checkText },
  { method: 'POST', path: '/wxa/media_check_async', handle: checkMedia },
  { method: 'POST', path: '/wxa/img_sec_check', handle: checkImage },
]

/** Version 2 wants to know who wrote it; without a version the former one only says yes or no. */
function checkText(world: World, call: Upstream): Reply {
  miniprogramOf(world, call)
  const content = textField(call, 'content', {
    missing: [47001, 'data format error'],
    most: 2500,
    wrong: [45002, 'content size out of limit'],
  })
  if (numberField(call, 'version', 1) !== 2) {
    if (hitsOf(world, content).length > 0) throw new Refusal(87014, 'risky content')
    return ok
  }
  refuseStranger(world, call)
  const all = [
    content,
    ...['title', 'nickname', 'signature'].map((name) => textField(call, name)),
  ].join('\n')
  return { ...ok, ...judge(hitsOf(world, all)), trace_id: makeTraceId(world) }
}

/** Who wrote must have been in the mini program within two hours. */
function refuseStranger(world: World, call: Upstream) {
  const scene = numberField(call, 'scene', 0)
  if (scene < 1 || scene > 4) throw new Refusal(40129, 'invalid scene')
  const openid = textField(call, 'openid', { missing: [40003, 'invalid openid'] })
  const customer = findByOpenid(world, world.scene.miniprogram.appid, openid)
  if (!customer) throw new Refusal(40003, 'invalid openid')
  const seenAt = world.miniprogram.sessions.get(customer.id)?.at ?? -Infinity
  if (now(world) - seenAt >= twoHours) throw new Refusal(61010, 'code is expired')
}

function hitsOf(world: World, text: string): RiskyWord[] {
  return world.miniprogram.riskyWords.filter(({ word }) => text.includes(word))
}

const labelOfGood = 100

function judge(hits: RiskyWord[]) {
  const worst = hits.find(({ suggest }) => suggest === 'risky') ?? hits[0]
  const result = { suggest: worst?.suggest ?? 'pass', label: worst?.label ?? labelOfGood }
  const words = hits.map(({ word, label, suggest }) => ({
    strategy: 'keyword',
    errcode: 0,
    suggest,
    label,
    level: 90,
    keyword: word,
  }))
  return {
    result,
    detail: [{ strategy: 'content_model', errcode: 0, ...result, prob: 90 }, ...words],
  }
}

function makeTraceId(world: World): string {
  const part = () => randomBytes(4).toString('hex')
  return `${seconds(world).toString(16)}-${part()}-${part()}`
}

/**
 * Sound or a picture by its address; the result comes as a push. The address itself is looked at,
 * not what is there.
 */
function checkMedia(world: World, call: Upstream): Reply {
  miniprogramOf(world, call)
  const url = textField(call, 'media_url', { missing: [47001, 'data format error'] })
  if (![1, 2].includes(numberField(call, 'media_type', 0))) throw new Refusal(40097, 'invalid args')
  if (numberField(call, 'version', 1) !== 2) throw new Refusal(40097, 'invalid args')
  refuseStranger(world, call)
  const check: MediaCheck = { traceId: makeTraceId(world), url, at: now(world) }
  world.miniprogram.mediaChecks.push(check)
  return { ...ok, trace_id: check.traceId }
}

/** Pushes what has been looked at long enough. */
export function finishMediaChecks(world: World) {
  const state = world.miniprogram
  const isDue = ({ at }: MediaCheck) => now(world) - at >= mediaCheckTakes
  const due = state.mediaChecks.filter(isDue)
  if (due.length === 0) return
  state.mediaChecks = state.mediaChecks.filter((one) => !isDue(one))
  for (const { traceId, url } of due) tellResult(world, traceId, url)
}

function tellResult(world: World, traceId: string, url: string) {
  const { appid } = world.scene.miniprogram
  const { result } = judge(hitsOf(world, url))
  push(world, `account:${appid}`, {
    ToUserName: world.scene.wechat.miniprogram.originalId,
    FromUserName: 'oContentCheck000000000000000',
    CreateTime: seconds(world),
    MsgType: 'event',
    Event: 'wxa_media_check',
    appid,
    trace_id: traceId,
    version: 2,
    detail: [{ strategy: 'content_model', errcode: 0, ...result, prob: 90 }],
    errcode: 0,
    errmsg: 'ok',
    result,
  })
}

/** The former check of a picture, 1 MB at the most; here its file name decides. */
function checkImage(world: World, call: Upstream): Reply {
  miniprogramOf(world, call)
  const file = readFile(call, 'media') ?? readFile(call)
  if (!file) throw new Refusal(41005, 'media data missing')
  if (file.bytes.length > megabyte) throw new Refusal(40006, 'invalid media size')
  if (hitsOf(world, file.filename).length > 0) throw new Refusal(87014, 'risky content')
  return ok
}
