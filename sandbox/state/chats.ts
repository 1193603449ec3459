import type { Conversation } from './world.ts'

interface Index {
  /** How many of the list are in the map; conversations are only ever added at its end. */
  seen: number
  contacts: Map<string, Conversation>
}

/**
 * By the list itself: a reset or a restored snapshot brings another list, and with it another
 * index.
 */
const indexes = new WeakMap<Conversation[], Index>()

/**
 * The chat of a member and a customer without looking at the others: a mass message goes into
 * thousands.
 */
export function findContactChat(
  conversations: Conversation[],
  memberId: string,
  customerId: string,
): Conversation | undefined {
  return indexOf(conversations).get(keyOf(memberId, customerId))
}

function indexOf(conversations: Conversation[]): Index['contacts'] {
  const known = indexes.get(conversations)
  const index =
    known && known.seen <= conversations.length
      ? known
      : { seen: 0, contacts: new Map<string, Conversation>() }
  if (index !== known) indexes.set(conversations, index)
  for (const conversation of conversations.slice(index.seen)) {
    if (conversation.kind !== 'contact') continue
    const member = conversation.participants.find(({ kind }) => kind === 'member')
    const customer = conversation.participants.find(({ kind }) => kind === 'customer')
    if (member && customer) index.contacts.set(keyOf(member.id, customer.id), conversation)
  }
  index.seen = conversations.length
  return index.contacts
}

function keyOf(memberId: string, customerId: string): string {
  return `${memberId} ${customerId}`
}
