import type { Conversation, World } from './world.ts'

interface Index {
  /** A reset or a restored snapshot brings another list. */
  list: Conversation[] | null
  /** How many of the list are in the map; conversations are only ever added at its end. */
  seen: number
  contacts: Map<string, Conversation>
}

/**
 * The chat of a member and a customer without looking at the others: a mass message goes into
 * thousands.
 */
export function findContactChat(
  { conversations, memory }: Pick<World, 'conversations' | 'memory'>,
  memberId: string,
  customerId: string,
): Conversation | undefined {
  const index = memory.of(emptyIndex)
  if (index.list !== conversations || index.seen > conversations.length)
    Object.assign(index, emptyIndex(), { list: conversations })
  for (const conversation of conversations.slice(index.seen)) {
    if (conversation.kind !== 'contact') continue
    const member = conversation.participants.find(({ kind }) => kind === 'member')
    const customer = conversation.participants.find(({ kind }) => kind === 'customer')
    if (member && customer) index.contacts.set(keyOf(member.id, customer.id), conversation)
  }
  index.seen = conversations.length
  return index.contacts.get(keyOf(memberId, customerId))
}

function emptyIndex(): Index {
  return { list: null, seen: 0, contacts: new Map() }
}

function keyOf(memberId: string, customerId: string): string {
  return `${memberId} ${customerId}`
}
