import type { Card } from '../../api.ts'
import {
  flagField,
  inside,
  numberField,
  objectField,
  textField,
  textsField,
} from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { addMessage, now, type World } from '../../state/world.ts'
import { dayOf } from '../accounts/quota.ts'
import { officialOf } from '../accounts/tokens.ts'
import { readCard } from './cards.ts'
import { officialConversation } from './conversations.ts'
import { nextId, personOf, reachable } from './people.ts'
import type { Mass, OfficialAccountRecord } from './state.ts'
import { fansOf, tagOf } from './tags.ts'

const ok = { errcode: 0, errmsg: 'ok' }
const kinds = ['mpnews', 'text', 'voice', 'image', 'mpvideo']
const mostClientIdBytes = 64
const minute = 60_000

export const massMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/message/mass/sendall', handle: sendToAll },
  { method: 'POST', path: '/cgi-bin/message/mass/send', handle: sendToList },
  { method: 'POST', path: '/cgi-bin/message/mass/preview', handle: preview },
  { method: 'POST', path: '/cgi-bin/message/mass/get', handle: getMass },
  { method: 'POST', path: '/cgi-bin/message/mass/delete', handle: deleteMass },
]

function sendToAll(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const filter = inside(call, objectField(call, 'filter'))
  const to = flagField(filter, 'is_to_all')
    ? [...account.followers.keys()]
    : fansOf(account, tagOf(account, numberField(filter, 'tag_id', -1)).id)
  return begin(world, call, account, to)
}

function sendToList(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const openids = textsField(call, 'touser', {
    most: 10_000,
    wrong: [40032, 'invalid openid list size'],
  })
  if (openids.length < 2) throw new Refusal(40130, 'invalid openid list size, at least two openid')
  const followers = openids
    .map((openid) => personOf(world, account, openid).id)
    .filter((id) => account.followers.has(id))
  return begin(world, call, account, [...new Set(followers)])
}

/** The job is accepted here and done by `finishMasses`. A subscription account has one a day. */
function begin(world: World, call: Upstream, account: OfficialAccountRecord, to: string[]): Reply {
  const card = readMassCard(world, call, account)
  const clientId =
    textField(call, 'clientmsgid', {
      mostBytes: mostClientIdBytes,
      wrong: [45067, 'clientmsgid size out of limit'],
    }) || null
  refuseRepeated(world, account, clientId)
  if (account.kind === 'subscription' && hasSentToday(world, account))
    throw new Refusal(45028, 'has no masssend quota')
  const id = nextId(account)
  const mass: Mass = {
    id,
    dataId: id + 1_000_000,
    clientId,
    at: now(world),
    status: 'SENDING',
    to,
    card,
    msgtype: textField(call, 'msgtype'),
  }
  account.masses.push(mass)
  return {
    errcode: 0,
    errmsg: 'send job submission success',
    msg_id: mass.id,
    ...(mass.msgtype === 'mpnews' && { msg_data_id: mass.dataId }),
  }
}

/** `images` is the picture message of today, `image` the former one. */
function readMassCard(world: World, call: Upstream, account: OfficialAccountRecord): Card {
  const [first] = textsField(inside(call, objectField(call, 'images')), 'media_ids')
  if (textField(call, 'msgtype') !== 'image' || first === undefined)
    return readCard(world, account.media, call, kinds)
  return readCard(
    world,
    account.media,
    inside(call, { msgtype: 'image', image: { media_id: first } }),
    kinds,
  )
}

function refuseRepeated(world: World, { masses }: OfficialAccountRecord, clientId: string | null) {
  const same = masses.find((one) => one.clientId === clientId)
  if (clientId === null || !same) return
  if (now(world) - same.at < minute) throw new Refusal(45066, 'clientmsgid retry too fast')
  throw new Refusal(45065, 'clientmsgid exist', { msg_id: same.id })
}

function hasSentToday(world: World, { masses }: OfficialAccountRecord): boolean {
  return masses.some(
    ({ at, status }) =>
      dayOf(at) === dayOf(now(world)) && (status === 'SENDING' || status === 'SEND_SUCCESS'),
  )
}

/** To one follower at once, for a look; 100 a day, which the quota counts. */
function preview(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  if (textField(call, 'touser') === '' && textField(call, 'towxname') !== '')
    throw new Refusal(40132, 'invalid username')
  const { customer } = reachable(
    world,
    account,
    textField(call, 'touser', { missing: [40003, 'invalid openid'] }),
  )
  const card = readMassCard(world, call, account)
  addMessage(
    world,
    officialConversation(world, account.appid, customer.id),
    { kind: 'official', id: account.appid },
    card,
  )
  return { errcode: 0, errmsg: 'preview success', msg_id: nextId(account) }
}

function getMass(world: World, call: Upstream): Reply {
  const { id, status } = massIn(call, officialOf(world, call, 'verified'))
  return { msg_id: id, msg_status: status }
}

function massIn(call: Upstream, { masses }: OfficialAccountRecord): Mass {
  // The sample shows a text, others give a number.
  const given = call.body?.msg_id
  const mass = masses.find(({ id }) => String(id) === String(given))
  if (!mass) throw new Refusal(40059, 'invalid msg id')
  return mass
}

/**
 * Stops a job that still runs; of one that is done only the content of its articles and videos
 * goes.
 */
function deleteMass(world: World, call: Upstream): Reply {
  const mass = massIn(call, officialOf(world, call, 'verified'))
  if (mass.status !== 'SENDING' && !['mpnews', 'mpvideo'].includes(mass.msgtype))
    throw new Refusal(40059, 'invalid msg id')
  mass.status = 'DELETE'
  return ok
}
