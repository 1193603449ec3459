import type { Card } from '../../api.ts'
import { inside, objectField, objectsField, textField } from '../../platform/fields.ts'
import { Refusal, type Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import { findMedia, mediaUrl } from './media.ts'
import type { OfficialMedia } from './state.ts'

const mostTextBytes = 2048
const invalidMedia: [number, string] = [40007, 'invalid media_id']

type Read = (world: World, shelf: Map<string, OfficialMedia>, call: Upstream) => Card

/** How the customer sees each kind of message; `call` is the object under the kind's name. */
const readers: Record<string, Read> = {
  text: (_world, _shelf, call) => ({
    kind: 'text',
    text: textField(call, 'content', {
      missing: [44004, 'empty content'],
      mostBytes: mostTextBytes,
      wrong: [45002, 'content size out of limit'],
    }),
  }),
  image: (world, shelf, call) => ({
    kind: 'image',
    url: mediumIn(world, shelf, call, 'image').url,
  }),
  voice: (world, shelf, call) => ({
    kind: 'voice',
    seconds: 5,
    url: mediumIn(world, shelf, call, 'voice').url,
  }),
  video: readVideo,
  mpvideo: readVideo,
  music: (world, shelf, call) => ({
    kind: 'link',
    title: textField(call, 'title'),
    desc: textField(call, 'description'),
    imgUrl: thumbIn(world, shelf, call),
    url: textField(call, 'musicurl') || textField(call, 'hqmusicurl'),
  }),
  news: (_world, _shelf, call) => readNews(call),
  mpnews: (world, shelf, call) => ({
    kind: 'articles',
    articles: mediumIn(world, shelf, call, 'news').media.articles,
  }),
  link: (_world, _shelf, call) => ({
    kind: 'link',
    title: textField(call, 'title'),
    desc: textField(call, 'description'),
    imgUrl: textField(call, 'thumb_url'),
    url: textField(call, 'url'),
  }),
  msgmenu: (_world, _shelf, call) => ({
    kind: 'choices',
    head: textField(call, 'head_content'),
    items: objectsField(call, 'list').map((one) => ({
      id: textField(inside(call, one), 'id'),
      text: textField(inside(call, one), 'content'),
    })),
    tail: textField(call, 'tail_content'),
  }),
  miniprogrampage: readMiniprogram,
}

/** The message of a call as a card. `allowed`: the kinds of this method. */
export function readCard(
  world: World,
  shelf: Map<string, OfficialMedia>,
  call: Upstream,
  allowed: string[],
): Card {
  const type = textField(call, 'msgtype', { missing: [40008, 'invalid message type'] })
  const read = allowed.includes(type) ? readers[type] : undefined
  if (!read) throw new Refusal(40008, 'invalid message type')
  const given = objectField(call, type)
  if (!given) throw new Refusal(44002, 'empty post data')
  return read(world, shelf, inside(call, given))
}

function mediumIn(
  world: World,
  shelf: Map<string, OfficialMedia>,
  call: Upstream,
  type: OfficialMedia['type'],
) {
  const id = textField(call, 'media_id', { missing: [41006, 'media_id missing'] })
  const media = findMedia(world, shelf, id)
  if (media?.type !== type) throw new Refusal(...invalidMedia)
  return { media, url: mediaUrl(world, id) }
}

function thumbIn(world: World, shelf: Map<string, OfficialMedia>, call: Upstream): string {
  const id = textField(call, 'thumb_media_id')
  if (id === '') return ''
  if (!findMedia(world, shelf, id)) throw new Refusal(...invalidMedia)
  return mediaUrl(world, id)
}

function readVideo(world: World, shelf: Map<string, OfficialMedia>, call: Upstream): Card {
  const { media, url } = mediumIn(world, shelf, call, 'video')
  return {
    kind: 'video',
    title: textField(call, 'title') || media.title,
    imgUrl: thumbIn(world, shelf, call),
    url,
  }
}

/** One article since 2018-10-12 in customer messages and passive replies. */
function readNews(call: Upstream): Card {
  const given = objectsField(call, 'articles')
  if (given.length !== 1) throw new Refusal(45008, 'article size out of limit')
  const articles = given.map((one) => {
    const article = inside(call, one)
    return {
      title: textField(article, 'title'),
      desc: textField(article, 'description'),
      imgUrl: textField(article, 'picurl'),
      url: textField(article, 'url'),
    }
  })
  return { kind: 'articles', articles }
}

function readMiniprogram(world: World, shelf: Map<string, OfficialMedia>, call: Upstream): Card {
  const { miniprogram } = world.scene
  // A mini program's own message names no appid.
  const appid = textField(call, 'appid') || miniprogram.appid
  if (appid !== miniprogram.appid) throw new Refusal(45064, 'invalid weapp')
  return {
    kind: 'miniprogram',
    appid,
    appName: miniprogram.name,
    title: textField(call, 'title'),
    imgUrl: thumbIn(world, shelf, call),
    page: textField(call, 'pagepath', { missing: [40165, 'invalid weapp pagepath'] }),
  }
}
