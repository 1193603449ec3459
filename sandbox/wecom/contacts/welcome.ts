import { textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { addMessage, changed, now, type World } from '../../state/world.ts'
import { contactConversation } from '../../webview/webviews.ts'
import { authorize, ok, requirePermission } from '../access.ts'
import { cardsOf, readContent } from './attachments.ts'
import type { Welcome } from './state.ts'
import { hasChatted, isFresh, progressOf } from './welcome-codes.ts'

export const welcomeMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/send_welcome_msg', handle: sendWelcome },
]

/** WW-96356: within twenty seconds and once, for all apps together. */
function sendWelcome(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:contact:welcome_msg')
  const code = textField(call, 'welcome_code', { missing: [41049, 'missing welcome code'] })
  const welcome = world.contacts.welcomes.find((one) => one.code === code)
  if (!welcome || !isFresh(world, welcome)) throw new Refusal(41050, 'invalid welcome code')
  const progress = progressOf(world, welcome)
  if (progress === 'sending') throw new Refusal(41096, 'welcome msg is being distributed')
  if (progress === 'sent') throw new Refusal(41051, 'externaluser has started chatting')
  const content = readContent(world, caller, call)
  const { memberId, customerId } = welcome
  if (hasChatted(world, memberId, customerId, welcome.at))
    throw new Refusal(41051, 'externaluser has started chatting')
  welcome.sentAt = now(world)
  welcome.fails = takeFailure(world, welcome)
  changed(world)
  if (welcome.fails) return { ...ok }
  const conversation = contactConversation(world, memberId, customerId)
  for (const card of cardsOf(world, content))
    addMessage(world, conversation, { kind: 'member', id: memberId }, card)
  return { ...ok }
}

function takeFailure({ contacts }: World, { memberId, customerId }: Welcome): boolean {
  const isMeant = (one: { memberId: string; customerId: string }) =>
    one.memberId === memberId && one.customerId === customerId
  const fails = contacts.failingWelcomes.some(isMeant)
  contacts.failingWelcomes = contacts.failingWelcomes.filter((one) => !isMeant(one))
  return fails
}
