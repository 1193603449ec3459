import { randomBytes } from 'node:crypto'
import type { Party, ScanOutcome } from '../../api.ts'
import { Nonsense } from '../../doors/nonsense.ts'
import type { SceneCustomer, SceneGroupChat, SceneJoin } from '../../scenes/scene.ts'
import {
  changed,
  findCustomer,
  findMember,
  makeId,
  makeSecret,
  type Conversation,
  type World,
} from '../../state/world.ts'
import type { Ids } from '../../state/ids.ts'
import { greetGroup } from './group-welcome.ts'
import { minutesAgo, note } from './follows.ts'
import { versionOf } from './groups.ts'
import { tellGroup } from './tell.ts'
import type { JoinWay } from './state.ts'

/** WW-92122: people in a customer group. */
const mostInGroup = 500

export interface GroupWish {
  ownerId: string
  name: string
  memberIds: string[]
  customerIds: string[]
}

export function createGroup(
  world: World,
  { ownerId, name, memberIds, customerIds }: GroupWish,
): SceneGroupChat {
  const parties = partiesOf([...new Set([ownerId, ...memberIds])], customerIds)
  for (const party of parties) requireParty(world, party)
  if (customerIds.length === 0) throw new Nonsense('a customer group has a customer')
  const conversation: Conversation = {
    id: makeId('group'),
    kind: 'group',
    participants: parties,
    messages: [],
  }
  const chat: SceneGroupChat = {
    chatId: `wr${makeSecret(30).replace(/[-_]/g, 'A')}`,
    name,
    ownerId,
    notice: '',
    conversationId: conversation.id,
    createdMinutesAgo: minutesAgo(world),
  }
  world.conversations.push(conversation)
  world.groupChats.push(chat)
  note(world, conversation, `${nameOf(world, { kind: 'member', id: ownerId })} 创建了群聊`)
  touch(world, chat)
  tellGroup(world, 'create', chat)
  return chat
}

export function joinGroup(
  world: World,
  chat: SceneGroupChat,
  fresh: Party[],
  join: Omit<SceneJoin, 'minutesAgo'>,
) {
  const conversation = conversationOf(world, chat)
  for (const party of fresh) requireParty(world, party)
  if (fresh.length === 0) throw new Nonsense('nobody is named')
  if (fresh.some((party) => conversation.participants.some((one) => isSame(one, party))))
    throw new Nonsense('somebody is in the chat already')
  if (conversation.participants.length + fresh.length > mostInGroup)
    throw new Nonsense(`a group has at most ${mostInGroup} people`)
  conversation.participants.push(...fresh)
  chat.joined = { ...chat.joined }
  for (const { kind, id } of fresh)
    chat.joined[`${kind}/${id}`] = { ...join, minutesAgo: minutesAgo(world) }
  const names = fresh.map((party) => nameOf(world, party)).join('、')
  const inviter = join.invitor === null ? '' : nameOf(world, { kind: 'member', id: join.invitor })
  note(
    world,
    conversation,
    join.scene === 3 ? `${names} 通过扫描二维码加入群聊` : `${inviter} 邀请 ${names} 加入了群聊`,
  )
  // Pushes know two ways in, where groupchat/get knows three.
  const scene = { JoinScene: join.scene === 3 ? 3 : 0 }
  tellMembers(world, chat, 'add_member', scene, fresh)
  if (fresh.some(({ kind }) => kind === 'customer')) greetGroup(world, chat)
}

export function leaveGroup(world: World, chat: SceneGroupChat, party: Party, isRemoved: boolean) {
  const conversation = conversationOf(world, chat)
  if (!conversation.participants.some((one) => isSame(one, party)))
    throw new Nonsense(`${party.id} is not in the chat`)
  if (party.kind === 'member' && party.id === chat.ownerId)
    throw new Nonsense('the owner leaves by handing the chat over: group.owner')
  conversation.participants = conversation.participants.filter((one) => !isSame(one, party))
  chat.admins = (chat.admins ?? []).filter((id) => party.kind !== 'member' || id !== party.id)
  note(
    world,
    conversation,
    isRemoved ? `${nameOf(world, party)} 被移出群聊` : `${nameOf(world, party)} 退出了群聊`,
  )
  tellMembers(world, chat, 'del_member', { QuitScene: isRemoved ? 1 : 0 }, [party])
}

/**
 * Names the people, and the list's version before and after, so that a receiver can tell whether it
 * missed a change.
 */
function tellMembers(
  world: World,
  chat: SceneGroupChat,
  detail: string,
  scene: Record<string, number>,
  parties: Party[],
) {
  const before = versionOf(chat)
  chat.version = randomBytes(16).toString('hex')
  const after = chat.version
  touch(world, chat)
  tellGroup(world, 'update', chat, (ids) => ({
    UpdateDetail: detail,
    ...scene,
    MemChangeCnt: parties.length,
    MemChangeList: { Item: parties.map((party) => ({ bare: idOf(world, ids, party) })) },
    LastMemVer: { bare: before },
    CurMemVer: { bare: after },
  }))
}

export function changeGroup(
  world: World,
  chat: SceneGroupChat,
  detail: 'change_name' | 'change_notice' | 'change_owner',
  value: string,
) {
  const conversation = conversationOf(world, chat)
  if (
    detail === 'change_owner' &&
    !conversation.participants.some((one) => isSame(one, { kind: 'member', id: value }))
  )
    throw new Nonsense(`${value} is no member in the chat`)
  if (detail === 'change_name') chat.name = value
  if (detail === 'change_notice') chat.notice = value
  if (detail === 'change_owner') chat.ownerId = value
  const texts = {
    change_name: `群名改为“${value}”`,
    change_notice: `群公告：${value}`,
    change_owner: `${nameOf(world, { kind: 'member', id: value })} 已成为新群主`,
  }
  note(world, conversation, texts[detail])
  touch(world, chat)
  tellGroup(world, 'update', chat, () => ({ UpdateDetail: detail }))
}

export function dismissGroup(world: World, chat: SceneGroupChat) {
  chat.dismissed = true
  note(world, conversationOf(world, chat), '群主已解散该群聊')
  touch(world, chat)
  tellGroup(world, 'dismiss', chat)
}

/** A customer scans a group's code: into the first of its chats that still has room. */
export function joinByCode(world: World, way: JoinWay, customer: SceneCustomer): ScanOutcome {
  const chats = world.groupChats.filter(
    (chat) => way.chatIds.includes(chat.chatId) && !chat.dismissed,
  )
  const party: Party = { kind: 'customer', id: customer.id }
  const own = chats.find((chat) =>
    conversationOf(world, chat).participants.some((one) => isSame(one, party)),
  )
  const free =
    own ?? chats.find((chat) => conversationOf(world, chat).participants.length < mostInGroup)
  if (!free) return { kind: 'text', text: '群聊已满' }
  if (!own) joinGroup(world, free, [party], { scene: 3, invitor: null, state: way.state || null })
  return { kind: 'conversation', conversationId: free.conversationId }
}

export function requireGroup(world: World, chatId: string): SceneGroupChat {
  const chat = world.groupChats.find((one) => one.chatId === chatId)
  if (!chat) throw new Nonsense(`there is no group chat "${chatId}"`)
  if (chat.dismissed) throw new Nonsense('the chat is dismissed')
  return chat
}

export function partiesOf(memberIds: string[], customerIds: string[]): Party[] {
  const parties: Party[] = memberIds.map((id) => ({ kind: 'member', id }))
  return [...parties, ...customerIds.map((id): Party => ({ kind: 'customer', id }))]
}

function requireParty(world: World, { kind, id }: Party) {
  const exists = kind === 'member' ? findMember(world, id) : findCustomer(world, id)
  if (!exists) throw new Nonsense(`there is no ${kind} "${id}"`)
}

function conversationOf(world: World, { conversationId }: SceneGroupChat): Conversation {
  const conversation = world.conversations.find(({ id }) => id === conversationId)
  if (!conversation) throw new Nonsense('the chat has no conversation')
  return conversation
}

function nameOf(world: World, { kind, id }: Party): string {
  return (kind === 'member' ? findMember(world, id) : findCustomer(world, id))?.name ?? id
}

function idOf(world: World, ids: Ids, { kind, id }: Party): string {
  const customer = kind === 'customer' ? findCustomer(world, id) : undefined
  return customer ? ids.customer(customer) : ids.member(id)
}

function isSame(one: Party, other: Party): boolean {
  return one.kind === other.kind && one.id === other.id
}

function touch(world: World, { conversationId }: SceneGroupChat) {
  changed(world, { conversations: [conversationId] })
}
