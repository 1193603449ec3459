import type { Card } from '../../api.ts'
import {
  addMessage,
  findCustomer,
  type Conversation,
  type MessageRecord,
  type World,
} from '../../state/world.ts'
import { note } from './follows.ts'

/**
 * What a member says in WeCom. It stands in the member's chat even when the customer has deleted
 * the member; WeCom then says below that it did not arrive.
 */
export function memberSays(
  world: World,
  conversation: Conversation,
  memberId: string,
  card: Card,
): MessageRecord {
  const message = addMessage(world, conversation, { kind: 'member', id: memberId }, card)
  const party =
    conversation.kind === 'contact'
      ? conversation.participants.find(({ kind }) => kind === 'customer')
      : undefined
  const customer = party && findCustomer(world, party.id)
  const isLost = customer?.follows.some((one) => one.memberId === memberId && one.lost)
  if (customer && isLost)
    note(world, conversation, `${customer.name} 已不再是你的联系人，消息没有送达`)
  return message
}
