import type { Card } from '../../api.ts'
import { elementsOf } from '../../pushes/read-xml.ts'
import { messageTakers, urlOf } from '../../pushes/receivers.ts'
import { addMessage, type World } from '../../state/world.ts'
import { officialConversation } from './conversations.ts'
import { findMedia, mediaUrl } from './media.ts'
import type { OfficialMedia } from './state.ts'
import type { ReadXml } from '../../pushes/receiver.ts'

/**
 * What WeChat tells a customer when the account's server does not answer or answers nonsense
 * (Passive_user_reply_message).
 */
const outOfOrder = '该公众号暂时无法提供服务，请稍后再试'

/** The answer to a push. It costs nothing of the quotas. */
export function takeReply(
  world: World,
  appid: string,
  customerId: string,
  reply: ReadXml | null,
  isAnswered: boolean,
) {
  const account = world.official.accounts.find((one) => one.appid === appid)
  // Who left meanwhile, or belongs to a scene that is gone, gets nothing. Without an address nobody
  // was asked.
  if (!account?.followers.has(customerId) || !isListening(world, appid)) return
  const card = isAnswered && reply ? cardOf(world, account.media, reply) : null
  const isWrong = !isAnswered || card === 'wrong'
  if (isWrong)
    addMessage(
      world,
      officialConversation(world, appid, customerId),
      { kind: 'system', id: 'system' },
      { kind: 'notice', text: outOfOrder },
    )
  else if (card)
    addMessage(
      world,
      officialConversation(world, appid, customerId),
      { kind: 'official', id: appid },
      card,
    )
}

function isListening(world: World, appid: string): boolean {
  return (
    urlOf(world, `account:${appid}`) !== null || messageTakers(world, `account:${appid}`).length > 0
  )
}

/** null: nothing for the customer to see (handed to a person of the service). */
function cardOf(
  world: World,
  media: Map<string, OfficialMedia>,
  reply: ReadXml,
): Card | null | 'wrong' {
  const type = text(reply, 'MsgType')
  if (type === 'transfer_customer_service') return null
  if (type === 'text')
    return text(reply, 'Content') === '' ? 'wrong' : { kind: 'text', text: text(reply, 'Content') }
  if (type === 'news') return articlesOf(reply)
  const part = inner(reply, type.charAt(0).toUpperCase() + type.slice(1))
  if (type === 'music') {
    return {
      kind: 'link',
      title: text(part, 'Title'),
      desc: text(part, 'Description'),
      imgUrl: '',
      url: text(part, 'MusicUrl') || text(part, 'HQMusicUrl'),
    }
  }
  const id = text(part, 'MediaId')
  if (!findMedia(world, media, id)) return 'wrong'
  const url = mediaUrl(world, id)
  if (type === 'image') return { kind: 'image', url }
  if (type === 'voice') return { kind: 'voice', seconds: 5, url }
  return type === 'video' ? { kind: 'video', title: text(part, 'Title'), imgUrl: '', url } : 'wrong'
}

function articlesOf(reply: ReadXml): Card | 'wrong' {
  const articles = elementsOf(inner(reply, 'Articles'), 'item').flatMap((item) =>
    typeof item === 'string'
      ? []
      : [
          {
            title: text(item, 'Title'),
            desc: text(item, 'Description'),
            imgUrl: text(item, 'PicUrl'),
            url: text(item, 'Url'),
          },
        ],
  )
  return articles.length > 0 ? { kind: 'articles', articles } : 'wrong'
}

function text(parent: ReadXml, name: string): string {
  const value = parent[name]
  return typeof value === 'string' ? value : ''
}

function inner(parent: ReadXml, name: string): ReadXml {
  const value = parent[name]
  return typeof value === 'object' && !Array.isArray(value) ? value : {}
}
