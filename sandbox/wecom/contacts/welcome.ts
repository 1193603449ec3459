import { textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { addMessage, type World } from '../../state/world.ts'
import { contactConversation } from '../../webview/webviews.ts'
import { authorize, ok, requirePermission } from '../access.ts'
import { cardsOf, readContent } from './attachments.ts'
import { hasChatted, isFresh } from './welcome-codes.ts'

export const welcomeMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/send_welcome_msg', handle: sendWelcome },
]

/** WW-96356: within twenty seconds and once, for all apps together. */
function sendWelcome(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  requirePermission(caller, 'contact.welcome')
  const code = textField(call, 'welcome_code', { missing: [41049, 'missing welcome code'] })
  const welcome = world.contacts.welcomes.find((one) => one.code === code)
  if (!welcome || !isFresh(world, welcome) || welcome.sentBy === caller.app.key)
    throw new Refusal(41050, 'invalid welcome code')
  if (welcome.sentBy !== null) throw new Refusal(41096, 'welcome msg is being distributed')
  const content = readContent(world, caller, call)
  const { memberId, customerId } = welcome
  if (hasChatted(world, memberId, customerId, welcome.at))
    throw new Refusal(41051, 'external user has started chatting')
  welcome.sentBy = caller.app.key
  const conversation = contactConversation(world, memberId, customerId)
  for (const card of cardsOf(world, content))
    addMessage(world, conversation, { kind: 'member', id: memberId }, card)
  return { ...ok }
}
