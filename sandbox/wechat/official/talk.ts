import { Nonsense } from '../../doors/nonsense.ts'
import type { Card } from '../../api.ts'
import { drawQrCode } from '../../pictures/qr-code.ts'
import {
  addMessage,
  makeSecret,
  now,
  type Conversation,
  type MessageRecord,
  type World,
} from '../../state/world.ts'
import { talkToMiniprogram } from '../miniprogram/talk.ts'
import { officialConversation } from './conversations.ts'
import type { OfficialAccountRecord, OfficialMedia } from './state.ts'
import { allowFor, messageBody, tell } from './tell.ts'

/**
 * A customer writes in a chat with an official account or a mini program's service: the same,
 * whichever door it comes by.
 */
export function speakInChat(
  world: World,
  { kind, participants }: Conversation,
  customerId: string,
  card: Card,
): MessageRecord {
  if (kind === 'service') return talkToMiniprogram(world, customerId, card)
  const appid = participants.find((party) => party.kind === 'official')?.id ?? ''
  const account = world.official.accounts.find((one) => one.appid === appid)
  if (!account) throw new Nonsense(`there is no official account "${appid}"`)
  return speak(world, account, customerId, card)
}

export function speak(
  world: World,
  account: OfficialAccountRecord,
  customerId: string,
  card: Card,
  isShort = false,
): MessageRecord {
  const follower = account.followers.get(customerId)
  if (!follower) throw new Nonsense(`${customerId} does not follow ${account.name}`)
  const mediaId = makeSecret(64)
  const body = messageBody(world, account, card, mediaId, isShort)
  if (!body) throw new Nonsense(`an official account gets no messages of kind "${card.kind}"`)
  keepMedia(world, account, card, mediaId)
  const message = addMessage(
    world,
    officialConversation(world, account.appid, customerId),
    { kind: 'customer', id: customerId },
    card,
  )
  follower.lastMessageAt = now(world)
  allowFor(world, account, customerId, 'message')
  tell(world, account, customerId, body)
  return message
}

/** So that the account can fetch it: a picture that says where the real one is, and silence. */
function keepMedia(world: World, account: OfficialAccountRecord, card: Card, id: string) {
  const contents: Partial<
    Record<Card['kind'], Pick<OfficialMedia, 'type' | 'contentType' | 'name'>>
  > = {
    image: { type: 'image', contentType: 'image/png', name: 'image.png' },
    voice: { type: 'voice', contentType: 'audio/amr', name: 'voice.amr' },
    video: { type: 'video', contentType: 'video/mp4', name: 'video.mp4' },
  }
  const content = contents[card.kind]
  if (!content) return
  const bytes =
    card.kind === 'image' ? drawQrCode(card.url.slice(0, 1000), 280) : Buffer.from('#!AMR\n')
  account.media.set(id, {
    ...content,
    bytes: new Uint8Array(bytes),
    createdAt: now(world),
    articles: [],
    title: '',
    description: '',
  })
}
