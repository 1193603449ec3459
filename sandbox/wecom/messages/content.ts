import type { Card } from '../../api.ts'
import { entryOf, inside, objectField, objectsField, textField } from '../../platform/fields.ts'
import { Refusal, type Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import type { App } from '../apps/state.ts'
import { mediumOf, mediumUrl } from './media.ts'
import { address, cut, cutBytes, linked, text, width } from './message-fields.ts'
import type { Medium, MediumKind } from './state.ts'
import { templateCard, type TemplateCard } from './template-card.ts'

/** What a message shows, and for a template card what a member may press. */
export interface Content {
  card: Card
  template: TemplateCard | null
}

/** Reads the message of a `message/send` (WW-96458). Throws the refusal of its kind. */
export function contentOf(world: World, app: App, call: Upstream): Content {
  const msgtype = textField(call, 'msgtype', { missing: [40008, 'invalid message type'] })
  const read = entryOf(readers, msgtype)
  if (!read) throw new Refusal(40008, 'invalid message type')
  const part = objectField(call, msgtype)
  const within = inside(call, part)
  if (msgtype === 'template_card') {
    const template = templateCard(world, within)
    return { card: template.card, template }
  }
  return { card: read(world, app, within), template: null }
}

type Read = (world: World, app: App, call: Upstream) => Card

const readers: Record<string, Read> = {
  text: (_world, _app, call) => ({
    kind: 'text',
    text: cutBytes(textField(call, 'content', { missing: [44004, 'text content is empty'] }), 2048),
  }),
  markdown: (_world, _app, call) => ({
    kind: 'text',
    text: textField(call, 'content', {
      missing: [44004, 'text content is empty'],
      mostBytes: 2048,
      wrong: [45002, 'content size out of limit'],
    }),
  }),
  image: (world, app, call) => ({
    kind: 'image',
    url: mediumUrl(world, medium(world, app, call, 'image')),
  }),
  voice(world, app, call) {
    const found = medium(world, app, call, 'voice')
    return { kind: 'voice', seconds: found.seconds, url: mediumUrl(world, found) }
  },
  video(world, app, call) {
    const found = medium(world, app, call, 'video')
    return {
      kind: 'video',
      title: cutBytes(textField(call, 'title'), 128) || found.filename,
      imgUrl: '',
      url: mediumUrl(world, found),
    }
  },
  file(world, app, call) {
    const found = medium(world, app, call, 'file')
    return {
      kind: 'file',
      name: found.filename,
      bytes: found.bytes.length,
      url: mediumUrl(world, found),
    }
  },
  textcard: (_world, _app, call) => ({
    kind: 'form',
    title: cut(textField(call, 'title', { missing: [41016, 'title missing'] }), 128),
    desc: plain(
      cut(textField(call, 'description', { missing: [41033, 'description missing'] }), 512),
    ),
    rows: [],
    button: cut(textField(call, 'btntxt'), 4) || '详情',
    url: address(
      textField(call, 'url', {
        missing: [41010, 'url missing'],
        mostBytes: 2048,
        wrong: [40094, 'invalid url'],
      }),
    ),
  }),
  news: (world, _app, call) => ({
    kind: 'articles',
    articles: articlesOf(call).map((one) => newsArticle(world, one)),
  }),
  mpnews: (world, app, call) => ({
    kind: 'articles',
    articles: articlesOf(call).map((one) => storedArticle(world, app, one)),
  }),
  miniprogram_notice: (world, _app, call) => notice(world, call),
  template_card: (world, _app, call) => templateCard(world, call).card,
}

function medium(world: World, app: App, call: Upstream, kind: MediumKind): Medium {
  return mediumOf(
    world,
    app.corpId,
    textField(call, 'media_id', { missing: [41006, 'media_id missing'] }),
    kind,
  )
}

function articlesOf(call: Upstream): Upstream[] {
  const articles = objectsField(call, 'articles')
  if (articles.length === 0 || articles.length > 8)
    throw new Refusal(45008, 'article size out of limit')
  return articles.map((one) => inside(call, one))
}

type Article = Extract<Card, { kind: 'articles' }>['articles'][number]

/** An address, or a page of the linked mini program, which then wins. */
function newsArticle(world: World, call: Upstream): Article {
  const [title, appid, pagepath] = ['title', 'appid', 'pagepath'].map((name) =>
    textField(call, name),
  ) as [string, string, string]
  if (title === '') throw new Refusal(41016, 'title missing')
  if (Buffer.byteLength(pagepath) > 128) throw new Refusal(90204, 'invalid pagepath')
  const article = {
    title: cutBytes(title, 128),
    desc: cutBytes(textField(call, 'description'), 512),
    imgUrl: textField(call, 'picurl', { mostBytes: 2048 }),
    url: '',
  }
  if (appid !== '' || pagepath !== '')
    return { ...article, miniprogram: { appid: linked(world, appid), page: pagepath } }
  return {
    ...article,
    url: address(
      textField(call, 'url', {
        missing: [41010, 'url missing'],
        mostBytes: 2048,
        wrong: [40094, 'invalid url'],
      }),
    ),
  }
}

/** mpnews: the article lies with WeCom. */
function storedArticle(world: World, app: App, call: Upstream): Article {
  const title = cutBytes(textField(call, 'title', { missing: [41016, 'title missing'] }), 128)
  const thumb = mediumOf(
    world,
    app.corpId,
    textField(call, 'thumb_media_id', { missing: [41006, 'media_id missing'] }),
    'image',
  )
  textField(call, 'author', { mostBytes: 64, wrong: [45032, 'author size out of limit'] })
  textField(call, 'content', {
    missing: [44004, 'content is empty'],
    mostBytes: 666 * 1024,
    wrong: [45002, 'content size out of limit'],
  })
  return {
    title,
    desc: cutBytes(textField(call, 'digest'), 512),
    imgUrl: mediumUrl(world, thumb),
    url: textField(call, 'content_source_url'),
  }
}

/** 小程序通知: 90200–90207. Title and description are 4 to 12 汉字 long. */
function notice(world: World, call: Upstream): Card {
  const appid = linked(world, textField(call, 'appid', { missing: [90200, 'appid missing'] }))
  const page = textField(call, 'page', { mostBytes: 1024, wrong: [90204, 'invalid page'] })
  const title = textField(call, 'title', { missing: [41016, 'title missing'] })
  const desc = textField(call, 'description')
  if (!isTitle(title) || (desc !== '' && !isTitle(desc)))
    throw new Refusal(40058, 'invalid title or description length')
  const items = objectsField(call, 'content_item')
  if (items.length > 10) throw new Refusal(90201, 'content_item count out of limit')
  const rows = items.flatMap((item) => {
    const [name, value] = [text(item.key), text(item.value)]
    if (name === '' && value === '') return []
    if (name === '' || width(name) > 10) throw new Refusal(90202, 'invalid content_item key length')
    if (value === '' || width(value) > 30)
      throw new Refusal(90203, 'invalid content_item value length')
    return [{ name, value }]
  })
  return {
    kind: 'form',
    title,
    desc,
    rows,
    button: '',
    url: null,
    ...(page !== '' && { miniprogram: { appid, page } }),
  }
}

function isTitle(title: string): boolean {
  return width(title) >= 4 && width(title) <= 12
}

/** The card shows colours and lines for the few tags it knows; the desk shows the words. */
function plain(html: string): string {
  return html
    .replace(/<br\s*\/?>|<\/div>\s*/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .trim()
}
