import type { Customer, DeskEvent, DeskState, Member, Message, Webview } from '../api.ts'
import { areas } from '../platform/areas.ts'
import { sceneTitles } from '../scenes/all.ts'
import type { SceneCustomer, SceneFollow, SceneMember } from '../scenes/scene.ts'
import { describeOfficialAccounts } from '../wechat/official/describe.ts'
import { isVisible } from '../wecom/access.ts'
import { cardsOf } from '../wecom/contacts/attachments.ts'
import { mainApp, now, type Conversation, type MessageRecord, type WebviewRecord, type World } from './world.ts'

/** The world as the desk sees it: derived, never stored. */
export function describe(world: World): DeskState {
  const chats = groupChatsByConversation(world)
  return {
    ...describeSmall(world),
    customers: world.customers.map((customer) => describeCustomer(world, customer)),
    conversations: world.conversations.map((conversation) => describeConversation(conversation, chats)),
  }
}

/** The world after a change, for a desk that knows it as it was before: everything small, and of people and chats those that are named. */
export function describePatch(world: World, customerIds: Set<string>, conversationIds: Set<string>): Extract<DeskEvent, { type: 'patch' }> {
  const chats = groupChatsByConversation(world)
  const isNamed = (ids: Set<string>) => (one: { id: string }) => ids.has(one.id)
  return {
    type: 'patch',
    state: describeSmall(world),
    customers: customerIds.size === 0 ? [] : world.customers.filter(isNamed(customerIds)).map((one) => describeCustomer(world, one)),
    conversations:
      conversationIds.size === 0 ? [] : world.conversations.filter(isNamed(conversationIds)).map((one) => describeConversation(one, chats)),
  }
}

function groupChatsByConversation(world: World): Map<string, World['groupChats'][number]> {
  return new Map(world.groupChats.map((chat) => [chat.conversationId, chat]))
}

function describeConversation({ id, kind, participants, messages }: Conversation, chats: ReturnType<typeof groupChatsByConversation>) {
  const chat = chats.get(id)
  return { id, kind, participants, chatId: chat?.chatId ?? null, name: chat?.name ?? null, messages: messages.map(describeMessage) }
}

function describeSmall(world: World): Omit<DeskState, 'customers' | 'conversations'> {
  const { scene, devices, addresses } = world
  const app = mainApp(world)
  const miniprogram = { appid: scene.miniprogram.appid, name: scene.miniprogram.name, iconUrl: asset(world, 'icons/miniprogram.svg') }
  return {
    revision: world.revision,
    scene: scene.name,
    scenes: (Object.keys(sceneTitles) as (keyof typeof sceneTitles)[]).map((name) => ({ name, title: sceneTitles[name] })),
    clock: { now: new Date(now(world)).toISOString(), offsetSeconds: Math.round(world.offsetMs / 1000) },
    corp: { id: scene.corp.id, name: scene.corp.name, agentId: app.agentId, appName: app.name },
    members: world.members.map((member) => describeMember(world, member)),
    groupChats: world.groupChats.map(({ chatId, name, ownerId, conversationId }) => ({ chatId, name, ownerId, conversationId })),
    tagGroups: world.tagGroups.map(({ id, name, tags }) => ({ id, name, tags: tags.map((tag) => ({ id: tag.id, name: tag.name })) })),
    massTasks: describeMassTasks(world),
    devices: {
      wecom: { memberId: devices.memberId },
      wechat: {
        customerId: devices.customerId,
        locationPermission: devices.locationPermission,
        position: devices.position,
        network: devices.network,
        pendingLocation: devices.pendingLocation && {
          id: devices.pendingLocation.id,
          webviewId: devices.pendingLocation.webviewId,
          appName: askerOf(world, devices.pendingLocation.webviewId),
          purpose: devices.pendingLocation.purpose,
        },
      },
    },
    webviews: [...world.webviews.values()].map(describeWebview),
    miniprograms: [miniprogram],
    officialAccount: { appid: scene.officialAccount.appid, name: scene.officialAccount.name, iconUrl: asset(world, 'icons/official.svg') },
    officialAccounts: describeOfficialAccounts(world, asset(world, 'icons/official.svg')),
    shownCodes: areas.flatMap((area) => area.shownCodes?.(world) ?? []),
    faults: world.faults,
    trustedHosts: world.trustedHosts,
    webviewOrigin: addresses.webview,
    sidebarUrl: new URL(app.home, addresses.webview).href,
    miniprogramHome: scene.miniprogram.home,
  }
}

function describeMassTasks(world: World): DeskState['massTasks'] {
  const waiting = world.contacts.masses.filter(({ cancelled }) => !cancelled)
  return waiting.flatMap((mass) => {
    const tasks = mass.tasks.filter(({ sentAt, targets }) => sentAt === null && targets.length > 0)
    if (tasks.length === 0) return []
    const about = { msgid: mass.id, createdAt: new Date(mass.createdAt).toISOString(), cards: cardsOf(world, mass) }
    return tasks.map(({ memberId, targets }) => ({ ...about, memberId, receivers: targets.length }))
  })
}

/** Who asks for the position: a mini program by its name, a page by its host. */
function askerOf(world: World, webviewId: string): string {
  const webview = world.webviews.get(webviewId)
  if (webview?.miniprogram) return webview.miniprogram.name
  return webview && URL.canParse(webview.url) ? new URL(webview.url).host : world.scene.officialAccount.name
}

export function describeMessage({ at, ...message }: MessageRecord): Message {
  return { ...message, at: new Date(at).toISOString() }
}

function describeMember(world: World, member: SceneMember): Member {
  const { id, name, position, departmentId } = member
  const department = world.departments.find((one) => one.id === departmentId)?.name ?? ''
  return { id, name, position, department, visible: isVisible(mainApp(world), member), avatarUrl: avatarUrl(world, id) }
}

function describeCustomer(world: World, customer: SceneCustomer): Customer {
  const { avatar: _avatar, corpFullName: _full, isWecomUser: _wecom, follows, ...rest } = customer
  return { ...rest, avatarUrl: avatarUrl(world, customer.id), follows: follows.map((follow) => describeFollow(world, follow)) }
}

export function describeFollow(
  world: World,
  { tagIds, addedMinutesAgo, company: _company, ...follow }: SceneFollow,
): Customer['follows'][number] {
  return {
    ...follow,
    addedAt: new Date(addedAt(world, addedMinutesAgo)).toISOString(),
    tags: tagIds.flatMap((id) => findTag(world, id) ?? []).map(({ group, name }) => ({ group, name })),
  }
}

function describeWebview({ configs: _configs, shareData: _share, pendingForward, pendingChoice, ...rest }: WebviewRecord): Webview {
  return { ...rest, pendingForward: pendingForward?.card ?? null, pendingChoice: pendingChoice?.choice ?? null }
}

export function avatarUrl(world: World, id: string): string {
  return asset(world, `avatars/${id}.svg`)
}

/** Milliseconds of a scene's "minutes ago". */
export function addedAt(world: World, minutesAgo: number): number {
  return world.setAt - minutesAgo * 60_000
}

export function findTag(world: World, id: string): { id: string; name: string; group: string } | undefined {
  for (const group of world.tagGroups) {
    const tag = group.tags.find((one) => one.id === id)
    if (tag) return { ...tag, group: group.name }
  }
  return undefined
}

function asset(world: World, path: string): string {
  return `${world.addresses.sandbox}/_sandbox/${path}`
}
