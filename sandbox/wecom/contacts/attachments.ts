import type { Card } from '../../api.ts'
import {
  entryOf,
  invalidParameter,
  isRecord,
  inside,
  objectField,
  objectsField,
  textField,
} from '../../platform/fields.ts'
import { Refusal, type Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import type { Caller } from '../access.ts'
import { isUploadedImage, mediumOf, mediumUrl } from '../messages/media.ts'
import type { MediumKind } from '../messages/state.ts'

/**
 * What a welcome or a mass message carries: text and up to nine attachments (WW-96356, WW-96366).
 */
export interface Content {
  text: string
  attachments: Record<string, unknown>[]
}

const missingMedia: [number, string] = [41006, 'missing media_id']

/** Reads and checks both; nothing at all is 40063. */
export function readContent(world: World, { app }: Caller, call: Upstream): Content {
  const text = textField(inside(call, objectField(call, 'text')), 'content', { mostBytes: 4000 })
  const attachments = objectsField(call, 'attachments')
  if (attachments.length > 9) throw new Refusal(41064, 'attachment num exceeds limit')
  for (const attachment of attachments) checkAttachment(world, app.corpId, inside(call, attachment))
  if (text === '' && attachments.length === 0) throw new Refusal(40063, 'some parameters are empty')
  return { text, attachments }
}

/** `msgtype` must be the name of the object beside it. */
export function checkAttachment(world: World, corpId: string, call: Upstream) {
  const type = textField(call, 'msgtype')
  const check = entryOf(checks, type)
  const content = check && objectField(call, type)
  if (!content) throw new Refusal(41065, 'invalid attachment type')
  check(inside(call, content), (name, kind) => {
    const mediaId = textField(inside(call, content), name, { missing: missingMedia })
    mediumOf(world, corpId, mediaId, kind)
  })
  const isPicture = type === 'image' && textField(inside(call, content), 'media_id') === ''
  const picture = isPicture ? textField(inside(call, content), 'pic_url') : ''
  // Only addresses from media/uploadimg.
  if (picture !== '' && !isUploadedImage(world, corpId, picture))
    throw new Refusal(40058, 'invalid pic_url')
}

type NeedMedium = (field: string, kind: MediumKind) => void

const checks: Record<string, (call: Upstream, needMedium: NeedMedium) => void> = {
  image(call, needMedium) {
    const isByUrl = textField(call, 'pic_url', { mostBytes: 2048 }) !== ''
    // 两者同时填写时使用media_id
    if (!isByUrl || textField(call, 'media_id') !== '') needMedium('media_id', 'image')
  },
  video: (_call, needMedium) => needMedium('media_id', 'video'),
  file: (_call, needMedium) => needMedium('media_id', 'file'),
  link(call) {
    textField(call, 'title', { mostBytes: 128, missing: [41016, 'missing title'] })
    textField(call, 'url', { mostBytes: 2048, missing: [41010, 'missing url'] })
    textField(call, 'picurl', { mostBytes: 2048 })
    textField(call, 'desc', { mostBytes: 512 })
  },
  miniprogram(call, needMedium) {
    textField(call, 'title', { mostBytes: 64, missing: [41016, 'missing title'] })
    needMedium('pic_media_id', 'image')
    textField(call, 'appid', { missing: invalidParameter })
    textField(call, 'page', { missing: invalidParameter })
  },
}

/** 图片的url，与图片的media_id不能共存优先吐出media_id (WW-93338). */
export function asRecorded(attachment: Record<string, unknown>): Record<string, unknown> {
  const { image } = attachment
  if (!isRecord(image)) return attachment
  const isMedium = typeof image.media_id === 'string' && image.media_id !== ''
  return {
    ...attachment,
    image: isMedium ? { media_id: image.media_id } : { pic_url: image.pic_url },
  }
}

/** As they stand in the chat: the text first. */
export function cardsOf(world: World, { text, attachments }: Content): Card[] {
  const cards = attachments.map((attachment) => cardOf(world, attachment))
  return text === '' ? cards : [{ kind: 'text', text }, ...cards]
}

function cardOf(world: World, attachment: Record<string, unknown>): Card {
  const type = String(attachment.msgtype)
  const content = isRecord(attachment[type]) ? attachment[type] : {}
  const field = (name: string) => (typeof content[name] === 'string' ? content[name] : '')
  const medium = world.messages.media.get(field('media_id') || field('pic_media_id'))
  const address = medium ? mediumUrl(world, medium) : ''
  if (type === 'image') return { kind: 'image', url: address || field('pic_url') }
  if (type === 'video')
    return { kind: 'video', title: medium?.filename ?? '', imgUrl: '', url: address }
  if (type === 'file')
    return {
      kind: 'file',
      name: medium?.filename ?? '',
      bytes: medium?.bytes.length ?? 0,
      url: address,
    }
  if (type === 'link')
    return {
      kind: 'link',
      title: field('title'),
      desc: field('desc'),
      imgUrl: field('picurl'),
      url: field('url'),
    }
  const appName =
    field('appid') === world.scene.miniprogram.appid ? world.scene.miniprogram.name : ''
  return {
    kind: 'miniprogram',
    appid: field('appid'),
    appName,
    title: field('title'),
    imgUrl: address,
    page: field('page'),
  }
}
