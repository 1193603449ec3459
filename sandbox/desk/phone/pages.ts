import type {
  Conversation,
  Customer,
  DeskState,
  Message,
  OfficialAccount,
  Party,
} from '../../api.ts'
import { sameParty, type Line } from '../world/people.ts'

/** A page of WeChat above its tabs. Mini programs, web pages and the settings lie above these. */
export type Page =
  | { kind: 'chat'; conversationId: string }
  | { kind: 'subscriptions' | 'officials' | 'groups' | 'miniprograms' | 'scan' | 'settings' }
  /** `code`: it was scanned; adding or following happens by it. */
  | { kind: 'member'; memberId: string; code?: string }
  | { kind: 'official'; appid: string; code?: string }
  | { kind: 'friend'; customerId: string }
  | { kind: 'group'; conversationId: string }
  | { kind: 'file'; file: Extract<Message, { kind: 'file' }> }
  | { kind: 'place'; place: Extract<Message, { kind: 'location' }> }
  | { kind: 'text'; text: string }

/**
 * What the chats list holds: subscription accounts hide behind one line (订阅号消息); accounts that
 * are not followed and reps who were deleted are gone; with whom nothing was ever exchanged stands
 * under 通讯录 only.
 */
export function chatLines(
  lines: Line[],
  accounts: readonly OfficialAccount[],
  me: Pick<Customer, 'id' | 'follows'>,
): { chats: Line[]; subscriptions: Line[] } {
  const chats: Line[] = []
  const subscriptions: Line[] = []
  for (const line of lines) {
    const { kind, messages } = line.conversation
    const account =
      kind === 'official' ? accounts.find((one) => one.appid === line.peer?.id) : undefined
    if (kind === 'official' && (!account?.followers.includes(me.id) || messages.length === 0))
      continue
    if (
      kind === 'contact' &&
      me.follows.some((follow) => follow.memberId === line.peer?.id && follow.lost)
    )
      continue
    ;(account?.kind === 'subscription' ? subscriptions : chats).push(line)
  }
  return { chats, subscriptions }
}

/** Everybody whom this person has in the contacts (通讯录). */
export function contactsOf(state: DeskState, me: Customer, lines: Line[]) {
  const friends = lines.filter((line) => line.conversation.kind === 'friends')
  // A rep whom the customer has deleted still has the customer; the other way round it is over.
  const members = state.members.filter((member) =>
    me.follows.some((follow) => follow.memberId === member.id && !follow.lost),
  )
  const groups = lines.filter((line) => line.conversation.kind === 'group')
  return { friends, members, groups }
}

/** The conversation with a rep or an official account, if there is one. */
export function conversationWith(state: DeskState, me: Party, other: Party): Conversation | null {
  const kind = other.kind === 'official' ? 'official' : 'contact'
  const isBetween = (one: Conversation) =>
    one.kind === kind &&
    [me, other].every((party) =>
      one.participants.some((participant) => sameParty(participant, party)),
    )
  return state.conversations.find(isBetween) ?? null
}

/** Which page tells about a participant; null for those who have none. */
export function pageOfParty(party: Party, code?: string): Page | null {
  switch (party.kind) {
    case 'member':
      return { kind: 'member', memberId: party.id, ...(code !== undefined && { code }) }
    case 'customer':
      return { kind: 'friend', customerId: party.id }
    case 'official':
      return { kind: 'official', appid: party.id, ...(code !== undefined && { code }) }
    default:
      return null
  }
}
