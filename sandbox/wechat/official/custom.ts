import type { Party } from '../../api.ts'
import { textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { addMessage, now, type World } from '../../state/world.ts'
import { findByOpenid } from '../accounts/openids.ts'
import { authorize, hasRight, unauthorized } from '../accounts/tokens.ts'
import { spendAllowance } from './allowances.ts'
import { readCard } from './cards.ts'
import { officialConversation, serviceConversation } from './conversations.ts'
import { personOf } from './people.ts'
import type { OfficialAccountRecord } from './state.ts'

const ok = { errcode: 0, errmsg: 'ok' }
const thirtySeconds = 30_000
const officialKinds = [
  'text',
  'image',
  'voice',
  'video',
  'music',
  'news',
  'mpnews',
  'msgmenu',
  'miniprogrampage',
]
const miniprogramKinds = ['text', 'image', 'link', 'miniprogrampage']

export const customMessageMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/message/custom/send', handle: send },
  { method: 'POST', path: '/cgi-bin/message/custom/typing', handle: showTyping },
]

function send(world: World, call: Upstream): Reply {
  const { owner } = authorize(world, call)
  if (owner === world.scene.miniprogram.appid) return sendFromMiniprogram(world, call)
  const account = verified(world, owner)
  const { id } = personOf(
    world,
    account,
    textField(call, 'touser', { missing: [40003, 'invalid openid'] }),
  )
  const card = readCard(world, account.media, call, officialKinds)
  spendAllowance(world, account.followers.get(id)?.allowances ?? [])
  addMessage(
    world,
    officialConversation(world, account.appid, id),
    { kind: 'official', id: account.appid },
    card,
  )
  return ok
}

function verified(world: World, appid: string): OfficialAccountRecord {
  const account = world.official.accounts.find((one) => one.appid === appid)
  if (!account || !hasRight(account, 'verified')) throw unauthorized()
  return account
}

/** The mini program's 客服消息 goes by the same method. */
function sendFromMiniprogram(world: World, call: Upstream): Reply {
  const { miniprogram: state, scene } = world
  const customer = findByOpenid(
    world,
    scene.miniprogram.appid,
    textField(call, 'touser', { missing: [40003, 'invalid openid'] }),
  )
  if (!customer) throw new Refusal(40003, 'invalid openid')
  const card = readCard(world, state.media, call, miniprogramKinds)
  spendAllowance(world, state.talks.get(customer.id)?.allowances ?? [])
  const from: Party = { kind: 'service', id: 'service' }
  addMessage(world, serviceConversation(world, customer.id), from, card)
  return ok
}

/** Needs a message of the customer within the last 30 seconds. It is not shown. */
function showTyping(world: World, call: Upstream): Reply {
  const { owner } = authorize(world, call)
  const openid = textField(call, 'touser', { missing: [40003, 'invalid openid'] })
  const customer = findByOpenid(world, owner, openid)
  if (!customer) throw new Refusal(40003, 'invalid openid')
  if (!['Typing', 'CancelTyping'].includes(textField(call, 'command')))
    throw new Refusal(45072, 'invalid command')
  const talk =
    owner === world.scene.miniprogram.appid
      ? world.miniprogram.talks.get(customer.id)
      : verified(world, owner).followers.get(customer.id)
  if (now(world) - (talk?.lastMessageAt ?? -Infinity) > thirtySeconds)
    throw new Refusal(45080, 'typing not allowed, no recent message')
  return ok
}
