import type { Conversation, Customer, DeskState, Message, Party } from '../../api.ts'

export function sameParty(a: Party, b: Party): boolean {
  return a.kind === b.kind && a.id === b.id
}

export interface Face {
  name: string
  avatarUrl: string | null
}

/** Those parts of the state that say who is who and who talks with whom. */
type People = Pick<
  DeskState,
  'members' | 'customers' | 'conversations' | 'officialAccounts' | 'corp'
>

/**
 * Finds by id in a list that is never changed in place, so ten thousand people are walked through
 * only once.
 */
function byId<T extends { id: string }>(list: readonly T[], id: string): T | undefined {
  let index = indexes.get(list)
  if (!index) {
    index = new Map(list.map((one) => [one.id, one]))
    indexes.set(list, index)
  }
  return index.get(id) as T | undefined
}
const indexes = new WeakMap<object, Map<string, { id: string }>>()

/** Name and picture of a party; a party that the scene no longer knows keeps its id as its name. */
export function face(state: Omit<People, 'conversations'>, party: Party): Face {
  const unknown = { name: party.id, avatarUrl: null }
  switch (party.kind) {
    case 'member':
    case 'customer': {
      const found =
        party.kind === 'member' ? byId(state.members, party.id) : byId(state.customers, party.id)
      return found ? { name: found.name, avatarUrl: found.avatarUrl } : unknown
    }
    case 'official': {
      const found = state.officialAccounts.find((one) => one.appid === party.id)
      return found ? { name: found.name, avatarUrl: found.iconUrl } : unknown
    }
    case 'app':
      return {
        name: party.id === state.corp.agentId ? state.corp.appName : party.id,
        avatarUrl: '/_sandbox/icons/app.svg',
      }
    case 'service':
    case 'system':
      return { ...unknown, avatarUrl: '/_sandbox/icons/service.svg' }
  }
}

export function customerById(
  state: Pick<DeskState, 'customers'>,
  id: string | null,
): Customer | null {
  return id === null ? null : (byId(state.customers, id) ?? null)
}

/** The customer of a member's conversation; null in a group. */
export function customerOf(
  state: Pick<DeskState, 'customers'>,
  conversation: Conversation,
): Customer | null {
  if (conversation.kind !== 'contact') return null
  return customerById(
    state,
    conversation.participants.find((party) => party.kind === 'customer')?.id ?? null,
  )
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

/**
 * The conversations that a party sees, the one with the newest message first. Members never see
 * friends' chats.
 */
export function linesOf(state: People, me: Party): Line[] {
  return state.conversations
    .filter((conversation) => conversation.participants.some((party) => sameParty(party, me)))
    .filter((conversation) => me.kind === 'customer' || conversation.kind !== 'friends')
    .map((conversation) => line(state, conversation, me))
    .sort((a, b) => {
      // Times of one form compare as they are written, and much faster than by the rules of a
      // language.
      const [first, second] = [a.last?.at ?? '', b.last?.at ?? '']
      return first < second ? 1 : first > second ? -1 : 0
    })
}

function line(state: People, conversation: Conversation, me: Party): Line {
  const last = conversation.messages.at(-1) ?? null
  if (conversation.kind === 'group')
    return {
      conversation,
      name: conversation.name ?? conversation.id,
      avatarUrl: null,
      last,
      peer: null,
    }
  const peer = conversation.participants.find((party) => !sameParty(party, me)) ?? me
  const shown = face(state, peer)
  const customer =
    me.kind === 'member' && peer.kind === 'customer' ? customerById(state, peer.id) : null
  return {
    conversation,
    name: customer ? contactName(customer, me.id) : shown.name,
    avatarUrl: shown.avatarUrl,
    last,
    peer,
  }
}

/**
 * How many messages of others came in after the one that was last seen. Grey lines are no messages.
 */
export function unreadCount(conversation: Conversation, me: Party, seenId: string | null): number {
  let count = 0
  for (let index = conversation.messages.length - 1; index >= 0; index -= 1) {
    const message = conversation.messages[index]
    if (!message || message.id === seenId) break
    if (message.kind !== 'notice' && !sameParty(message.from, me)) count += 1
  }
  return count
}
