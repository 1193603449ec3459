import { isRecord } from '../../platform/fields.ts'
import { addMessage, changed, now, type World } from '../../state/world.ts'
import { contactConversation } from '../../webview/webviews.ts'
import { cardsOf } from './attachments.ts'
import { note } from './follows.ts'
import type { TempChat } from './state.ts'

/** 临时会话 that have run out. */
export function endTempChats(world: World) {
  for (const chat of world.contacts.tempChats)
    if (chat.endsAt <= now(world)) endTempChat(world, chat)
}

/** The closing words are sent in the member's name, then nobody can write any more. */
export function endTempChat(world: World, chat: TempChat) {
  world.contacts.tempChats = world.contacts.tempChats.filter((one) => one !== chat)
  const { memberId, customerId, conclusions } = chat
  const conversation = contactConversation(world, memberId, customerId)
  const attachments = ['image', 'link', 'miniprogram'].flatMap((msgtype) => {
    const content = conclusions?.[msgtype]
    return isRecord(content) ? [{ msgtype, [msgtype]: content }] : []
  })
  const text =
    isRecord(conclusions?.text) && typeof conclusions.text.content === 'string'
      ? conclusions.text.content
      : ''
  for (const card of cardsOf(world, { text, attachments }))
    addMessage(world, conversation, { kind: 'member', id: memberId }, card)
  note(world, conversation, '临时会话已结束')
  changed(world, { customers: [customerId], conversations: [conversation.id] })
}
