import type { Party } from '../../api.ts'
import { inside, numberField, objectField, textField } from '../../platform/fields.ts'
import { countWithin } from '../../platform/limits.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { keepNewest } from '../../state/forget.ts'
import {
  addMessage,
  changed,
  makeId,
  makeSecret,
  now,
  type Conversation,
  type World,
} from '../../state/world.ts'
import type { SceneMember } from '../../scenes/scene.ts'
import { authorize, ok, type Caller } from '../access.ts'
import type { App } from '../apps/state.ts'
import { contentOf } from './content.ts'
import { receiversAmong, receiversOf } from './receivers.ts'
import { templateCard } from './template-card.ts'
import type { SentMessage } from './state.ts'

const minute = 60_000
const hour = 3_600_000
const day = 86_400_000
/** WW-96459. */
const codeLife = 72 * hour
const longestDuplicateCheck = 4 * 3600

export const sendMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/message/send', handle: send },
  { method: 'POST', path: '/cgi-bin/message/recall', handle: recall },
  { method: 'POST', path: '/cgi-bin/message/update_template_card', handle: updateCard },
]

/** WW-96458. Partly wrong receivers are named in a reply that succeeds. */
function send(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  checkAgent(caller, call)
  const content = contentOf(world, caller.app, call)
  const receivers = receiversOf(
    world,
    caller,
    call,
    textField(call, 'msgtype') !== 'miniprogram_notice',
  )
  const { members, ...left } = receivers
  const reply = { ...ok, ...left }
  if (isDuplicate(world, caller.app, call)) return { ...reply, msgid: makeSecret(64) }
  checkQuota(world, caller.app, members.length)
  const { template } = content
  const sent: SentMessage = {
    msgid: makeSecret(64),
    appKey: caller.app.key,
    at: now(world),
    isRecalled: false,
    deliveries: [],
    card: template && { type: template.type, taskId: template.taskId, buttons: template.buttons },
  }
  for (const member of members) {
    // WW-96458: what is over 30 a minute or 1,000 an hour for one member is dropped without a word.
    if (!countWithin(world, `message ${caller.app.key} ${member.id}`, memberRules)) continue
    const conversation = appConversation(world, caller.app, member)
    const { id } = addMessage(world, conversation, appParty(caller.app), content.card)
    sent.deliveries.push({ memberId: member.id, conversationId: conversation.id, messageId: id })
  }
  world.messages.sent.set(sent.msgid, sent)
  keepNewest(world.messages.sent)
  return {
    ...reply,
    msgid: sent.msgid,
    ...(template?.hasCode && { response_code: issueCardCode(world, sent) }),
  }
}

const memberRules = [
  { ms: minute, most: 30, isDropped: true },
  { ms: hour, most: 1000, isDropped: true },
]

/** The token belongs to one app, and a message can only come from it. */
export function checkAgent({ app }: Caller, call: Upstream) {
  const agentid = numberField(call, 'agentid', 0, {
    missing: [41011, 'missing agentid'],
    wrong: [40056, 'invalid agentid'],
  })
  if (String(agentid) !== app.agentId) throw new Refusal(40056, 'invalid agentid')
}

/**
 * 账号上限数 × 200 person-times a day. The sandbox's corp has as many accounts as members, but 200
 * at least, as a new corp has.
 */
function checkQuota(world: World, app: App, persons: number) {
  if (!countWithin(world, dayCounter(app), [{ ms: day, most: dayQuota(world) }], persons))
    throw new Refusal(45009, 'api freq out of limit')
}

export function dayQuota(world: World): number {
  return Math.max(200, world.members.length) * 200
}

export function dayCounter(app: App): string {
  return `message ${app.key}`
}

/** `enable_duplicate_check`: the same request within the interval is answered and not delivered. */
function isDuplicate(world: World, app: App, call: Upstream): boolean {
  if (numberField(call, 'enable_duplicate_check', 0) !== 1) return false
  const interval = Math.min(
    numberField(call, 'duplicate_check_interval', 1800),
    longestDuplicateCheck,
  )
  const fingerprint = `${app.key} ${JSON.stringify(call.body)}`
  const before = world.messages.fingerprints.get(fingerprint)
  if (before !== undefined && now(world) - before < interval * 1000) return true
  world.messages.fingerprints.set(fingerprint, now(world))
  return false
}

/** The chat of a member and an app; it begins with the first message. */
export function appConversation(
  world: World,
  app: App,
  member: Pick<SceneMember, 'id'>,
): Conversation {
  const party = appParty(app)
  const found = world.conversations.find(
    ({ kind, participants: [first, second] }) =>
      kind === 'app' && first?.id === member.id && second?.id === party.id,
  )
  if (found) return found
  const fresh: Conversation = {
    id: makeId('app'),
    kind: 'app',
    participants: [{ kind: 'member', id: member.id }, party],
    messages: [],
  }
  world.conversations.push(fresh)
  return fresh
}

export function appParty(app: App): Party {
  return { kind: 'app', id: app.agentId }
}

export function issueCardCode(world: World, { appKey, msgid }: SentMessage): string {
  const code = makeSecret(64)
  world.messages.cardCodes.set(code, { appKey, msgid, issuedAt: now(world), isUsed: false })
  return code
}

/** WW-96460: within 24 hours, and only what this app sent. The page names no codes of its own. */
function recall(world: World, call: Upstream): Reply {
  const { app } = authorize(world, call)
  const msgid = textField(call, 'msgid', { missing: [40058, 'missing msgid'] })
  const sent = world.messages.sent.get(msgid)
  if (sent?.appKey !== app.key || now(world) - sent.at > day)
    throw new Refusal(40058, 'invalid msgid')
  for (const { conversationId, messageId } of sent.deliveries) {
    const conversation = world.conversations.find(({ id }) => id === conversationId)
    const index = conversation?.messages.findIndex(({ id }) => id === messageId) ?? -1
    const message = conversation?.messages[index]
    if (!conversation || !message) continue
    const { id, at } = message
    conversation.messages[index] = {
      kind: 'notice',
      text: `${app.name}撤回了一条消息`,
      id,
      at,
      from: { kind: 'system', id: 'system' },
    }
  }
  sent.isRecalled = true
  changed(world, { conversations: sent.deliveries.map(({ conversationId }) => conversationId) })
  return ok
}

/**
 * WW-96459: the code is good once within 72 hours. A button becomes dead words, or the card another
 * one.
 */
function updateCard(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  checkAgent(caller, call)
  const code = world.messages.cardCodes.get(
    textField(call, 'response_code', { missing: [60140, 'invalid response_code'] }),
  )
  if (!code || code.isUsed || now(world) - code.issuedAt > codeLife)
    throw new Refusal(60140, 'invalid response_code')
  if (code.appKey !== caller.app.key)
    throw new Refusal(42015, 'response_code belongs to another agent')
  const sent = world.messages.sent.get(code.msgid)
  if (!sent) throw new Refusal(60140, 'invalid response_code')
  const body = call.body ?? {}
  const names = (name: string) => (Array.isArray(body[name]) ? body[name].map(String) : [])
  const isForAll = body.atall === 1
  const chosen = isForAll
    ? undefined
    : receiversAmong(world, caller, names('userids'), names('partyids'), names('tagids'))
  const card = objectField(call, 'template_card')
  const button = textField(inside(call, objectField(call, 'button')), 'replace_name')
  if (!card && button === '') throw new Refusal(42020, 'replace_name missing')
  const face = card && templateCard(world, inside(call, card))
  const meant = sent.deliveries.filter(
    ({ memberId }) => isForAll || chosen?.members.some(({ id }) => id === memberId),
  )
  for (const { conversationId, messageId } of meant) {
    const conversation = world.conversations.find(({ id }) => id === conversationId)
    const index = conversation?.messages.findIndex(({ id }) => id === messageId) ?? -1
    const message = conversation?.messages[index]
    if (!conversation || message?.kind !== 'form') continue
    const { id, at, from } = message
    conversation.messages[index] = face ? { ...face.card, id, at, from } : { ...message, button }
  }
  if (face) sent.card = { type: face.type, taskId: face.taskId, buttons: face.buttons }
  else if (sent.card) sent.card = { ...sent.card, buttons: [] }
  code.isUsed = true
  changed(world, { conversations: meant.map(({ conversationId }) => conversationId) })
  return {
    ...ok,
    invaliduser: chosen ? chosen.invaliduser.split('|').filter((one) => one !== '') : [],
  }
}
