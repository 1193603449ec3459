import { createHash } from 'node:crypto'
import { invalidParameter, numberField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { SceneCustomer } from '../../scenes/scene.ts'
import { findGrant, stateOf } from '../../state/grants.ts'
import { idsOf } from '../../state/ids.ts'
import { findBy } from '../../state/people.ts'
import { makeSecret, now, type World } from '../../state/world.ts'
import { accountsOf } from '../../wechat/accounts/accounts.ts'
import { openidOf } from '../../wechat/accounts/openids.ts'
import { authorize, ok, requirePermission, type Caller } from '../access.ts'
import { participantsOf } from './groups.ts'
import { findPending, pendingOf } from './pending.ts'
import { findCustomerOf, seesMember } from './people.ts'
import { conversionCounter, countConversion, countSuiteConversion } from './quotas.ts'

export const conversionMethods: Method[] = [
  {
    method: 'POST',
    path: '/cgi-bin/externalcontact/unionid_to_external_userid',
    handle: convertOwn,
  },
  { method: 'POST', path: '/cgi-bin/externalcontact/convert_to_openid', handle: convertToOpenid },
  {
    method: 'POST',
    path: '/cgi-bin/idconvert/unionid_to_external_userid',
    handle: convertForProvider,
  },
  {
    method: 'POST',
    path: '/cgi-bin/idconvert/batch/external_userid_to_pending_id',
    handle: listPending,
  },
  { method: 'GET', path: '/cgi-bin/corp/apply_mass_call_ticket', handle: applyMassCallTicket },
  {
    method: 'POST',
    path: '/cgi-bin/service/externalcontact/unionid_to_external_userid_3rd',
    handle: convertForSuite,
  },
]

const invalidUnionid: [number, string] = [610014, 'invalid unionid']
const day = 86_400_000

/** WW-93274: a unionid of an account of ours becomes the contact's external_userid. */
function convertOwn(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  // Own apps only; the two others ask idconvert (platform.md §4).
  if (caller.app.mode !== 'own') throw new Refusal(48002, 'api forbidden')
  requirePermission(caller, 'externalcontact:base:base')
  const unionid = textField(call, 'unionid', { missing: invalidParameter })
  const customer = findBy(world, 'unionid', unionid)
  if (!customer) throw new Refusal(...invalidUnionid)
  if (!isContact(world, caller, customer)) throw new Refusal(84061, 'not external contact')
  return { ...ok, external_userid: caller.ids.customer(customer) }
}

/** WW-92323: the openid in the corp's own payments. Somebody in WeCom has none. */
function convertToOpenid(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:base:base')
  const customer = findCustomerOf(caller, textField(call, 'external_userid'))
  if (!isContact(world, caller, customer)) throw new Refusal(84061, 'not external contact')
  if (customer.isWecomUser) throw new Refusal(41056, 'invalid external userid type')
  const letters = createHash('sha256')
    .update(`openid ${caller.app.corpId} ${customer.id}`)
    .digest('base64url')
    .replace(/[-_]/g, 'A')
  return { ...ok, openid: `o${letters.slice(0, 27)}` }
}

/**
 * WW-97108, customized and third-party apps: the external_userid, or what stands for it until the
 * person is a customer.
 */
function convertForProvider(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  if (caller.app.mode === 'own') throw new Refusal(48002, 'api forbidden')
  requirePermission(caller, 'externalcontact:base:base')
  const unionid = textField(call, 'unionid', { missing: invalidParameter })
  const openid = textField(call, 'openid', { missing: invalidParameter })
  const subject =
    numberField(call, 'subject_type', 0, { least: 0, most: 1 }) === 1 ? 'provider' : 'corp'
  if (!hasMassCallTicket(world, caller, textField(call, 'mass_call_ticket')))
    countConversion(
      world,
      conversionCounter(subject, caller.app.corpId, world.apps.provider.corpId),
    )
  const customer = requireAccount(world, unionid, openid, subject)
  if (isReached(world, caller, customer))
    return { ...ok, external_userid: caller.ids.customer(customer) }
  return { ...ok, pending_id: pendingOf(world, world.apps.provider.corpId, customer) }
}

/**
 * Both ids come from one mini program or official account, which is verified and belongs to the
 * corp, or with subject_type 1 to the provider. The errcode list tells what the codes mean; which
 * one comes first is our choice.
 */
function requireAccount(
  world: World,
  unionid: string,
  openid: string,
  subject: 'corp' | 'provider',
): SceneCustomer {
  const customer = findBy(world, 'unionid', unionid)
  if (!customer) throw new Refusal(...invalidUnionid)
  const appid = accountsOf(world).find(
    (account) => openidOf(world, account.appid, customer) === openid,
  )?.appid
  if (appid === undefined)
    throw new Refusal(610018, 'openid and unionid are not under the same open platform account')
  const { of, verified } = world.contacts.subjects[appid] ?? { of: 'corp', verified: true }
  if (!verified) throw new Refusal(610015, 'open platform account is not verified')
  if (of !== subject) throw new Refusal(610017, 'subject of the mini program differs')
  return customer
}

/** A follower in range, or a chat whose owner is. */
function isReached(world: World, caller: Caller, customer: SceneCustomer): boolean {
  if (isContact(world, caller, customer)) return true
  const chats = world.groupChats.filter(
    (chat) => !chat.dismissed && seesMember(world, caller, chat.ownerId),
  )
  return chats.some((chat) =>
    participantsOf(world, chat).some(({ kind, id }) => kind === 'customer' && id === customer.id),
  )
}

function isContact(world: World, caller: Caller, { follows }: SceneCustomer): boolean {
  return follows.some(({ memberId }) => seesMember(world, caller, memberId))
}

/**
 * WW-97108: who was asked for as a unionid before is recognized. With chat_id only the owner's
 * range counts, and others than its people are passed over.
 */
function listPending(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  if (caller.app.mode === 'own') throw new Refusal(48002, 'api forbidden')
  requirePermission(caller, 'externalcontact:base:base')
  const externalUserids = textsField(call, 'external_userid', {
    missing: [41035, 'missing external userid'],
    most: 100,
  })
  const chatId = textField(call, 'chat_id')
  const chat = chatId === '' ? null : world.groupChats.find((one) => one.chatId === chatId)
  if (chat === undefined) throw new Refusal(40050, 'invalid chatid')
  if (chat && !seesMember(world, caller, chat.ownerId))
    throw new Refusal(60011, 'no privilege to access/modify contact/party/agent')
  const inChat = chat && new Set(participantsOf(world, chat).map(({ kind, id }) => `${kind} ${id}`))
  const result = externalUserids.flatMap((externalUserid) => {
    const customer = caller.ids.findCustomer(externalUserid)
    const isMeant =
      customer &&
      (inChat ? inChat.has(`customer ${customer.id}`) : isContact(world, caller, customer))
    const pending = isMeant
      ? findPending(world, world.apps.provider.corpId, customer.id)
      : undefined
    return pending === undefined ? [] : [{ external_userid: externalUserid, pending_id: pending }]
  })
  return { ...ok, result }
}

/** WW-96250: once for a corp, within three months of the authorization, good for seven days. */
function applyMassCallTicket(world: World, call: Upstream): Reply {
  const { app } = authorize(world, call)
  if (app.mode === 'own') throw new Refusal(48002, 'api forbidden')
  const known = world.contacts.massCallTickets[app.key]
  if (known && !isTicketGood(world, known.issuedAt)) throw new Refusal(48002, 'api forbidden')
  const ticket = known?.ticket ?? makeSecret(64)
  if (!known) world.contacts.massCallTickets[app.key] = { ticket, issuedAt: now(world) }
  return { ...ok, mass_call_ticket: ticket }
}

/** A call with the ticket does not count. */
function hasMassCallTicket(world: World, { app }: Caller, given: string): boolean {
  const known = world.contacts.massCallTickets[app.key]
  return known !== undefined && given === known.ticket && isTicketGood(world, known.issuedAt)
}

function isTicketGood(world: World, issuedAt: number): boolean {
  return now(world) < issuedAt + 7 * day
}

/** WW-95878, third-party suites: for the corps that have installed the suite. */
function convertForSuite(world: World, call: Upstream): Reply {
  const given = call.query.suite_access_token
  if (!given) throw new Refusal(41022, 'suite_access_token missing')
  const token = findGrant(world, ['wecom.suite-token'], given)
  if (!token || stateOf(world, token) === 'revoked') throw new Refusal(40082, 'invalid suite_token')
  if (stateOf(world, token) === 'expired') throw new Refusal(42009, 'suite_token expired')
  const unionid = textField(call, 'unionid', { missing: invalidParameter })
  const openid = textField(call, 'openid', { missing: invalidParameter })
  const corpId = textField(call, 'corpid')
  countSuiteConversion(world)
  const customer = requireAccount(world, unionid, openid, 'provider')
  const apps = world.apps.list.filter(
    ({ suiteId, mode }) => suiteId === token.owner && mode === 'thirdparty',
  )
  const callers = apps
    .map((app): Caller => ({ app, ids: idsOf(world, app) }))
    .filter(({ app, ids }) => corpId === '' || ids.corp(app.corpId) === corpId)
  if (callers.length === 0) throw new Refusal(610019, 'third-party app is not installed')
  const reached = callers.filter((caller) => isReached(world, caller, customer))
  return {
    ...ok,
    external_userid_info: reached.map(({ app, ids }) => ({
      corpid: ids.corp(app.corpId),
      external_userid: ids.customer(customer),
    })),
  }
}
