import {
  flagField,
  invalidParameter,
  numberField,
  numbersField,
  objectField,
  textField,
  textsField,
} from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, now, seconds, type World } from '../../state/world.ts'
import { authorize, ok, requirePermission, type Caller } from '../access.ts'
import { codeImage } from '../../pictures/code-image.ts'
import { makeConfigId, wayText } from './codes.ts'
import { takePage } from './page.ts'
import { servingMember } from './people.ts'
import { endTempChat } from './temp-chats.ts'
import type { ContactWay } from './state.ts'

export const wayMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/add_contact_way', handle: addWay },
  { method: 'POST', path: '/cgi-bin/externalcontact/get_contact_way', handle: getWay },
  { method: 'POST', path: '/cgi-bin/externalcontact/list_contact_way', handle: listWays },
  { method: 'POST', path: '/cgi-bin/externalcontact/update_contact_way', handle: updateWay },
  { method: 'POST', path: '/cgi-bin/externalcontact/del_contact_way', handle: deleteWay },
  { method: 'POST', path: '/cgi-bin/externalcontact/close_temp_chat', handle: closeTempChat },
]

const day = 86_400
/** WW-96348 */
const mostWays = 500_000
const mostTempWaysADay = 100_000
const mostUsers = 100

function authorizeWays(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:contact:qrcode')
  return caller
}

function addWay(world: World, call: Upstream): Reply {
  const caller = authorizeWays(world, call)
  const type = numberField(call, 'type', 0, {
    missing: [41037, 'missing contact way type'],
    least: 1,
    most: 2,
    wrong: [41039, 'invalid contact way type'],
  })
  const scene = numberField(call, 'scene', 0, {
    missing: [41038, 'missing contact way scene'],
    least: 1,
    most: 2,
    wrong: [41040, 'invalid contact way scene'],
  })
  const isTemp = flagField(call, 'is_temp')
  // A temporary conversation is with one person.
  if (isTemp && type === 2) throw new Refusal(...invalidParameter)
  const way: ContactWay = {
    configId: makeConfigId(),
    type,
    scene,
    ...readDetails(call, null),
    isTemp,
    isExclusive: flagField(call, 'is_exclusive'),
    createdAt: now(world),
    scans: 0,
  }
  const receivers = readReceivers(world, caller, call, type)
  const existing = world.contacts.ways.filter(
    (one) => one.isTemp === isTemp && (!isTemp || one.createdAt > now(world) - day * 1000),
  )
  if (existing.length >= (isTemp ? mostTempWaysADay : mostWays))
    throw new Refusal(41045, 'contact way num exceed limit')
  world.contacts.ways.push({ ...way, ...receivers })
  changed(world)
  return {
    ...ok,
    config_id: way.configId,
    ...(scene === 2 && { qr_code: codeImage(world, wayText(way)) }),
  }
}

type Details = Pick<
  ContactWay,
  | 'style'
  | 'remark'
  | 'skipVerify'
  | 'state'
  | 'expiresIn'
  | 'chatExpiresIn'
  | 'unionid'
  | 'markSource'
  | 'conclusions'
  | 'users'
  | 'parties'
>

/** What may also be changed later; what is not given stays as it was. */
function readDetails(call: Upstream, old: ContactWay | null): Details {
  const has = (name: string) => call.body?.[name] !== undefined
  return {
    style: numberField(call, 'style', old?.style ?? 0, {
      least: 0,
      most: 3,
      wrong: [41042, 'invalid contact way style'],
    }),
    remark: has('remark') ? textField(call, 'remark', { most: 30 }) : (old?.remark ?? ''),
    skipVerify: flagField(call, 'skip_verify', old?.skipVerify ?? true),
    state: has('state') ? textField(call, 'state', { most: 30 }) : (old?.state ?? ''),
    expiresIn: numberField(call, 'expires_in', old?.expiresIn ?? 7 * day, {
      least: 1,
      most: 14 * day,
    }),
    chatExpiresIn: numberField(call, 'chat_expires_in', old?.chatExpiresIn ?? day, {
      least: 1,
      most: 14 * day,
    }),
    unionid: has('unionid') ? textField(call, 'unionid') : (old?.unionid ?? ''),
    markSource: flagField(call, 'mark_source', old?.markSource ?? true),
    conclusions: has('conclusions') ? objectField(call, 'conclusions') : (old?.conclusions ?? null),
    users: old?.users ?? [],
    parties: old?.parties ?? [],
  }
}

/** Type 1: one member. Type 2: members and departments, a hundred people together. */
function readReceivers(
  world: World,
  caller: Caller,
  call: Upstream,
  type: number,
): Pick<ContactWay, 'users' | 'parties'> {
  const userids = textsField(call, 'user')
  const parties = type === 2 ? numbersField(call, 'party') : []
  if (userids.length + parties.length === 0) throw new Refusal(41009, 'missing userid')
  if (type === 1 && userids.length > 1)
    throw new Refusal(41041, 'contact way user num exceed limit')
  if (userids.length > mostUsers) throw new Refusal(41041, 'contact way user num exceed limit')
  const users = userids.map((userid) => servingMember(world, caller, userid).id)
  if (parties.some((id) => !world.departments.some((one) => one.id === id)))
    throw new Refusal(60123, 'invalid party id')
  if (peopleOf(world, { users, parties }).length > mostUsers)
    throw new Refusal(41041, 'contact way user num exceed limit')
  return { users, parties }
}

/** Who can be reached through it: its members and those of its departments. */
export function peopleOf(
  world: World,
  { users, parties }: Pick<ContactWay, 'users' | 'parties'>,
): string[] {
  const fromParties = world.members
    .filter(({ departmentId }) => parties.includes(departmentId))
    .map(({ id }) => id)
  return [...new Set([...users, ...fromParties])]
}

function getWay(world: World, call: Upstream): Reply {
  const { ids } = authorizeWays(world, call)
  const way = requireWay(world, call)
  const {
    configId,
    type,
    scene,
    style,
    remark,
    skipVerify,
    state,
    users,
    parties,
    isTemp,
    markSource,
    conclusions,
  } = way
  return {
    ...ok,
    contact_way: {
      config_id: configId,
      type,
      scene,
      ...(scene === 1 && { style }),
      remark,
      skip_verify: skipVerify,
      state,
      ...(scene === 2 && { qr_code: codeImage(world, wayText(way)) }),
      user: users.map((id) => ids.member(id)),
      party: parties,
      is_temp: isTemp,
      ...(isTemp && {
        expires_in: way.expiresIn,
        chat_expires_in: way.chatExpiresIn,
        unionid: way.unionid,
      }),
      mark_source: markSource,
      ...(conclusions && { conclusions }),
    },
  }
}

/** Those of the last 90 days unless said otherwise; never temporary ones. */
function listWays(world: World, call: Upstream): Reply {
  authorizeWays(world, call)
  const end = numberField(call, 'end_time', seconds(world))
  const start = numberField(call, 'start_time', end - 90 * day)
  const limit = numberField(call, 'limit', 100, { least: 1, most: 1000 })
  if (start > end) throw new Refusal(...invalidParameter)
  const isWanted = ({ isTemp, createdAt }: ContactWay) =>
    !isTemp && createdAt >= start * 1000 && createdAt < (end + 1) * 1000
  const { page, next } = takePage(
    world.contacts.ways.filter(isWanted),
    textField(call, 'cursor'),
    limit,
  )
  return {
    ...ok,
    contact_way: page.map(({ configId }) => ({ config_id: configId })),
    next_cursor: next,
  }
}

function updateWay(world: World, call: Upstream): Reply {
  const caller = authorizeWays(world, call)
  const way = requireWay(world, call)
  const details = readDetails(call, way)
  const isNamed = call.body?.user !== undefined || call.body?.party !== undefined
  Object.assign(way, details, isNamed ? readReceivers(world, caller, call, way.type) : {})
  changed(world)
  return { ...ok }
}

function deleteWay(world: World, call: Upstream): Reply {
  authorizeWays(world, call)
  const way = requireWay(world, call)
  world.contacts.ways = world.contacts.ways.filter((one) => one !== way)
  changed(world)
  return { ...ok }
}

function requireWay(world: World, call: Upstream): ContactWay {
  const configId = textField(call, 'config_id', {
    missing: [41043, 'missing contact way config id'],
  })
  const way = world.contacts.ways.find((one) => one.configId === configId)
  if (!way) throw new Refusal(41044, 'invalid contact way config id')
  return way
}

/** Ends a temporary conversation before its time; its closing words go out. */
function closeTempChat(world: World, call: Upstream): Reply {
  const caller = authorizeWays(world, call)
  const member = servingMember(world, caller, textField(call, 'userid'))
  const customer = caller.ids.findCustomer(
    textField(call, 'external_userid', { missing: [41035, 'missing external userid'] }),
  )
  const chat = world.contacts.tempChats.find(
    (one) => one.memberId === member.id && one.customerId === customer?.id,
  )
  if (!customer) throw new Refusal(40096, 'invalid external userid')
  if (!chat) throw new Refusal(84061, 'not external contact')
  endTempChat(world, chat)
  return { ...ok }
}
