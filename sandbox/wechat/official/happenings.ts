import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import * as shapes from '../../doors/shapes.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { findCustomer, type World } from '../../state/world.ts'
import { officialConversation } from './conversations.ts'
import { follow, unfollow } from './follow.ts'
import { findQrCode, scanOfficialCode } from './qr-codes.ts'
import type { OfficialAccountRecord } from './state.ts'
import { speak } from './talk.ts'
import { choose, tapMenu } from './taps.ts'
import { tellEvent } from './tell.ts'
import { describeMessage } from '../../state/shapes.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const who = { appid: v.optional(id), customerId: id }
const ways = {
  search: 'ADD_SCENE_SEARCH',
  card: 'ADD_SCENE_PROFILE_CARD',
  other: 'ADD_SCENE_OTHERS',
} as const
const degrees = { latitude: v.number(), longitude: v.number() }
const rule = v.optional(
  v.strictObject({
    count: v.pipe(v.number(), v.integer(), v.minValue(0)),
    seconds: v.pipe(v.number(), v.minValue(1)),
  }),
)

/** Without an appid the first official account is meant. */
export const officialHappenings: Happening[] = [
  happening(
    'official.follow',
    'A customer follows an official account, found by search, by a card or otherwise; by a code it is official.scan.',
    v.strictObject({ ...who, by: v.optional(v.picklist(['search', 'card', 'other']), 'search') }),
    (world, { appid, customerId, by }) => {
      const account = accountIn(world, appid, customerId)
      if (account.followers.has(customerId))
        throw new Nonsense(`${customerId} follows ${account.name} already`)
      follow(world, account, customerId, { scene: ways[by] })
      return { conversationId: officialConversation(world, account.appid, customerId).id }
    },
  ),
  happening(
    'official.unfollow',
    'A customer stops following an official account.',
    v.strictObject(who),
    (world, { appid, customerId }) =>
      unfollow(world, followed(world, appid, customerId), customerId),
  ),
  happening(
    'official.message',
    'A customer writes to an official account: text, image, voice, video, location or link.',
    v.strictObject({ ...who, card: shapes.Card, isShort: v.optional(v.boolean()) }),
    (world, { appid, customerId, card, isShort }) =>
      describeMessage(speak(world, followed(world, appid, customerId), customerId, card, isShort)),
  ),
  happening(
    'official.menu',
    'A customer taps a button of the menu; what the phone opens comes back. Buttons that scan, take pictures or ask for a place want what came of it.',
    v.strictObject({
      ...who,
      path: v.pipe(v.string(), v.regex(/^\d(\.\d)?$/, 'must be a place such as 0 or 1.2')),
      scanned: v.optional(v.string()),
      pictures: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9))),
      place: v.optional(v.strictObject({ ...degrees, label: v.string(), name: v.string() })),
    }),
    (world, { appid, customerId, ...tap }) =>
      tapMenu(world, followed(world, appid, customerId), customerId, tap),
  ),
  happening(
    'official.choose',
    'A customer taps an item of a 菜单消息.',
    v.strictObject({ ...who, messageId: id, itemId: id }),
    (world, { appid, customerId, messageId, itemId }) =>
      choose(world, followed(world, appid, customerId), customerId, messageId, itemId),
  ),
  happening(
    'official.scan',
    'A customer scans a code with parameters, by its ticket.',
    v.strictObject({ customerId: id, ticket: id }),
    (world, { customerId, ticket }) => {
      const code = findQrCode(world, ticket)
      if (!findCustomer(world, customerId))
        throw new Nonsense(`there is no customer "${customerId}"`)
      if (!code) throw new Nonsense('there is no code with this ticket')
      return scanOfficialCode(world, customerId, code.url)
    },
  ),
  happening(
    'official.location',
    'A customer who allows it opens the chat, and the account hears where they are.',
    v.strictObject({ ...who, ...degrees, precision: v.optional(v.number(), 30) }),
    (world, { appid, customerId, latitude, longitude, precision }) =>
      tellEvent(world, followed(world, appid, customerId), customerId, 'LOCATION', {
        Latitude: latitude,
        Longitude: longitude,
        Precision: precision,
      }),
  ),
  happening(
    'official.refuse',
    'A customer switches messages from an account off or on.',
    v.strictObject({ ...who, isRefusing: v.boolean() }),
    (world, { appid, customerId, isRefusing }) => {
      const follower = followed(world, appid, customerId).followers.get(customerId)
      if (follower) follower.isRefusing = isRefusing
    },
  ),
  happening(
    'official.allowances',
    'The platform changes how many customer messages a trigger allows, and for how long.',
    v.strictObject({ message: rule, menu: rule, follow: rule, scan: rule, enter: rule }),
    (world, rules) => {
      const given = Object.entries(rules).filter(([, one]) => one !== undefined)
      Object.assign(world.official.allowances, Object.fromEntries(given))
      return world.official.allowances
    },
  ),
]

function accountIn(
  world: World,
  appid: string | undefined,
  customerId: string,
): OfficialAccountRecord {
  const wanted = appid ?? world.scene.officialAccount.appid
  const account = world.official.accounts.find((one) => one.appid === wanted)
  if (!account) throw new Nonsense(`there is no official account "${wanted}"`)
  if (!findCustomer(world, customerId)) throw new Nonsense(`there is no customer "${customerId}"`)
  return account
}

function followed(
  world: World,
  appid: string | undefined,
  customerId: string,
): OfficialAccountRecord {
  const account = accountIn(world, appid, customerId)
  if (!account.followers.has(customerId))
    throw new Nonsense(`${customerId} does not follow ${account.name}`)
  return account
}
