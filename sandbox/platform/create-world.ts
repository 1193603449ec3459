import type { SceneName } from '../api.ts'
import { createOutbox } from '../pushes/outbox.ts'
import { createPushes } from '../pushes/state.ts'
import { scenes } from '../scenes/all.ts'
import type { Scene } from '../scenes/scene.ts'
import { Memory } from '../state/memory.ts'
import { releaseEverybody } from '../state/release.ts'
import { changed, makeId, now, type Slices, type World } from '../state/world.ts'
import { createAccounts } from '../wechat/accounts/state.ts'
import { createMiniprogram } from '../wechat/miniprogram/state.ts'
import { followersConversations } from '../wechat/official/conversations.ts'
import { createOfficial } from '../wechat/official/state.ts'
import { createOpen } from '../wechat/open/state.ts'
import { createApps, mainApp } from '../wecom/apps/state.ts'
import { createContacts } from '../wecom/contacts/state.ts'
import { libraryOf } from '../wecom/contacts/tag-library.ts'
import { createLicences } from '../wecom/licences/state.ts'
import { createMessages } from '../wecom/messages/state.ts'
import { createPlatform } from './state.ts'

/** How each slice of the world begins. One that is declared and not made here does not compile. */
const slices: { [Name in keyof Slices]: (scene: Scene) => Slices[Name] } = {
  devices: devicesOf,
  apps: createApps,
  contacts: createContacts,
  licences: createLicences,
  messages: createMessages,
  accounts: createAccounts,
  miniprogram: createMiniprogram,
  official: createOfficial,
  open: createOpen,
  pushes: createPushes,
  platform: createPlatform,
}

function slicesOf(scene: Scene): Slices {
  const made = Object.entries(slices).map(([name, create]) => [name, create(scene)])
  return Object.fromEntries(made) as Slices
}

export function createWorld(sceneName: SceneName, addresses: World['addresses']): World {
  const scene = scenes[sceneName]()
  const world: World = {
    addresses,
    offsetMs: 0,
    revision: 0,
    setAt: 0,
    ...peopleOf(scene),
    ...slicesOf(scene),
    outbox: createOutbox(),
    webviews: new Map(),
    trustedHosts: [],
    cookieOwner: null,
    servedApp: null,
    grants: [],
    recalled: [],
    turns: new Map(),
    codes: new Map(),
    counters: new Map(),
    faults: [],
    hanging: new Set(),
    calls: [],
    invokes: [],
    listeners: new Set(),
    memory: new Memory(),
  }
  setScene(world, sceneName)
  world.servedApp = mainApp(world).key
  return world
}

type People =
  'scene' | 'departments' | 'members' | 'customers' | 'tagGroups' | 'groupChats' | 'conversations'

function peopleOf(scene: Scene): Pick<World, People> {
  const { departments, members, customers, tagGroups, groupChats } = scene
  return {
    scene,
    departments,
    members,
    customers,
    tagGroups: libraryOf(tagGroups),
    groupChats,
    conversations: [],
  }
}

function devicesOf({ wecomMember, wechatCustomer, position }: Scene): World['devices'] {
  return {
    memberId: wecomMember,
    customerId: wechatCustomer,
    locationPermission: 'unset',
    position,
    network: 'good',
    pendingLocation: null,
  }
}

/**
 * Puts the world back to a scene. Codes, webviews, faults, pushes and the clock go; listeners and
 * addresses stay. Good tokens and tickets stay too: people and chats begin anew, but our server
 * still holds them, and a ticket that died here would leave it signing in vain for two hours.
 */
export function setScene(world: World, name: SceneName) {
  releaseEverybody(world)
  const scene = scenes[name]()
  const { addresses } = world.pushes
  world.offsetMs = 0
  world.setAt = now(world)
  Object.assign(world, peopleOf(scene), slicesOf(scene))
  Object.assign(world.pushes.addresses, addresses)
  world.conversations = scene.conversations.map(({ messages, ...rest }) => ({
    ...rest,
    messages: messages.map(({ card, from, minutesAgo }) => ({
      ...card,
      id: makeId('msg'),
      from,
      at: world.setAt - minutesAgo * 60_000,
    })),
  }))
  world.conversations.push(...followersConversations(world))
  world.trustedHosts = [new URL(world.addresses.webview).host]
  world.grants = world.grants.filter((one) => !one.revoked && one.expiresAt > Date.now())
  world.codes.clear()
  world.counters.clear()
  world.calls = []
  world.invokes = []
  changed(world, { all: true })
}
