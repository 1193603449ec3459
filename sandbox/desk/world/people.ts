import type { Conversation, Customer, DeskState, Message, Party } from '../../api.ts'

export function sameParty(a: Party, b: Party): boolean {
  return a.kind === b.kind && a.id === b.id
}

export interface Face {
  name: string
  avatarUrl: string | null
}

/** Name and picture of a party; a party that the scene no longer knows keeps its id as its name. */
export function face(state: DeskState, party: Party): Face {
  const list = party.kind === 'member' ? state.members : state.customers
  const found = list.find((one) => one.id === party.id)
  return found ? { name: found.name, avatarUrl: found.avatarUrl } : { name: party.id, avatarUrl: null }
}

export function customerById(state: DeskState, id: string | null): Customer | null {
  return state.customers.find((customer) => customer.id === id) ?? null
}

/** The customer of a member's conversation; null in a group. */
export function customerOf(state: DeskState, conversation: Conversation): Customer | null {
  if (conversation.kind !== 'contact') return null
  return customerById(state, conversation.participants.find((party) => party.kind === 'customer')?.id ?? null)
}

/** WeCom shows the remark that the member gave, else the nickname. */
export function contactName(customer: Customer, memberId: string): string {
  return customer.follows.find((follow) => follow.memberId === memberId)?.remark || customer.name
}

export interface Line {
  conversation: Conversation
  name: string
  avatarUrl: string | null
  last: Message | null
  /** The other side of a conversation of two. */
  peer: Party | null
}

/** The conversations that a party sees, the one with the newest message first. Members never see friends' chats. */
export function linesOf(state: DeskState, me: Party): Line[] {
  return state.conversations
    .filter((conversation) => conversation.participants.some((party) => sameParty(party, me)))
    .filter((conversation) => me.kind === 'customer' || conversation.kind !== 'friends')
    .map((conversation) => line(state, conversation, me))
    .sort((a, b) => (b.last?.at ?? '').localeCompare(a.last?.at ?? ''))
}

function line(state: DeskState, conversation: Conversation, me: Party): Line {
  const last = conversation.messages.at(-1) ?? null
  if (conversation.kind === 'group') return { conversation, name: conversation.name ?? conversation.id, avatarUrl: null, last, peer: null }
  const peer = conversation.participants.find((party) => !sameParty(party, me)) ?? me
  const shown = face(state, peer)
  const customer = me.kind === 'member' && peer.kind === 'customer' ? customerById(state, peer.id) : null
  return { conversation, name: customer ? contactName(customer, me.id) : shown.name, avatarUrl: shown.avatarUrl, last, peer }
}

/** How many messages of others came in after the one that was last seen. */
export function unreadCount(conversation: Conversation, me: Party, seenId: string | null): number {
  let count = 0
  for (let index = conversation.messages.length - 1; index >= 0; index -= 1) {
    const message = conversation.messages[index]
    if (!message || message.id === seenId) break
    if (!sameParty(message.from, me)) count += 1
  }
  return count
}
