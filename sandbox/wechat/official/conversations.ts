import type { Party } from '../../api.ts'
import { makeId, type Conversation, type World } from '../../state/world.ts'

/** The chat of a customer and an official account. */
export function officialConversation(
  world: World,
  appid: string,
  customerId: string,
): Conversation {
  const id = conversationId(appid, customerId)
  const found = world.conversations.find((one) => one.id === id)
  if (found) return found
  const fresh = emptyConversation(appid, customerId)
  world.conversations.push(fresh)
  return fresh
}

/** Of everybody who follows when a scene begins and whose chat the scene does not tell. */
export function followersConversations(world: World): Conversation[] {
  const told = new Set(world.conversations.map(({ id }) => id))
  return world.official.accounts
    .flatMap(({ appid, followers }) =>
      [...followers.keys()].map((customerId) => emptyConversation(appid, customerId)),
    )
    .filter(({ id }) => !told.has(id))
}

/**
 * Where a customer's subscribe messages and talks with a mini program's service appear: 服务通知.
 */
export function serviceConversation(world: World, customerId: string): Conversation {
  const participants: Party[] = [
    { kind: 'customer', id: customerId },
    { kind: 'service', id: 'service' },
  ]
  const found = world.conversations.find(
    ({ kind, participants: them }) =>
      kind === 'service' &&
      them.some((party) => party.kind === 'customer' && party.id === customerId),
  )
  if (found) return found
  const fresh: Conversation = { id: makeId('service'), kind: 'service', participants, messages: [] }
  world.conversations.push(fresh)
  return fresh
}

function emptyConversation(appid: string, customerId: string): Conversation {
  return {
    id: conversationId(appid, customerId),
    kind: 'official',
    participants: [
      { kind: 'customer', id: customerId },
      { kind: 'official', id: appid },
    ],
    messages: [],
  }
}

export function conversationId(appid: string, customerId: string): string {
  return `official-${appid}-${customerId}`
}
