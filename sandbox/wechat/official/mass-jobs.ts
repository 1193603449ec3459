import { push } from '../../pushes/push.ts'
import { changed, makeId, now, seconds, type World } from '../../state/world.ts'
import { monthOf } from '../accounts/quota.ts'
import { conversationId, officialConversation } from './conversations.ts'
import type { Mass, OfficialAccountRecord } from './state.ts'

const second = 1000
/**
 * A follower of a service account gets four mass messages in a month, from whatever source
 * (Batch_Sends).
 */
const mostInMonth = 4

/** Sends what has been accepted: one push a job, with its counts. */
export function finishMasses(world: World) {
  for (const account of world.official.accounts) {
    for (const mass of account.masses)
      if (mass.status === 'SENDING' && now(world) - mass.at >= second) finish(world, account, mass)
  }
}

function finish(world: World, account: OfficialAccountRecord, mass: Mass) {
  const present = mass.to.filter((id) => account.followers.has(id))
  const meant = present.filter((id) => !account.blacklist.has(id))
  const reached = meant.filter((id) => canReceive(world, account, id))
  deliver(world, account, mass, reached)
  mass.status = reached.length > 0 ? 'SEND_SUCCESS' : 'SEND_FAIL'
  const { card } = mass
  const urls =
    card.kind === 'articles'
      ? card.articles.map(({ url }, index) => ({ ArticleIdx: index + 1, ArticleUrl: url }))
      : []
  push(world, `account:${account.appid}`, {
    ToUserName: account.originalId,
    FromUserName: helperOpenid,
    CreateTime: seconds(world),
    MsgType: 'event',
    Event: 'MASSSENDJOBFINISH',
    MsgID: mass.id,
    Status: reached.length > 0 ? 'send success' : 'send fail',
    TotalCount: mass.to.length,
    FilterCount: meant.length,
    SentCount: reached.length,
    ErrorCount: meant.length - reached.length,
    CopyrightCheckResult: { Count: 0, ResultList: {}, CheckState: 1 },
    ArticleUrlResult: { Count: urls.length, ResultList: { item: urls } },
  })
}

/** The platform's own 群发助手, in whose name the results come. */
const helperOpenid = 'oMassHelper0000000000000000'

function canReceive(world: World, account: OfficialAccountRecord, customerId: string): boolean {
  const follower = account.followers.get(customerId)
  if (!follower || follower.isRefusing) return false
  if (account.kind === 'subscription') return true
  return follower.massAt.filter((at) => monthOf(at) === monthOf(now(world))).length < mostInMonth
}

/** Ten thousand at once, so the desk is told once. */
function deliver(
  world: World,
  account: OfficialAccountRecord,
  { card }: Mass,
  customerIds: string[],
) {
  const chats = new Map(world.conversations.map((one) => [one.id, one]))
  const touched = customerIds.map((customerId) => {
    account.followers.get(customerId)?.massAt.push(now(world))
    const conversation =
      chats.get(conversationId(account.appid, customerId)) ??
      officialConversation(world, account.appid, customerId)
    conversation.messages.push({
      ...card,
      id: makeId('msg'),
      from: { kind: 'official', id: account.appid },
      at: now(world),
    })
    return conversation.id
  })
  changed(world, { conversations: touched })
}
