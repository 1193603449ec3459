import type { Card } from '../api.ts'
import type { World } from '../state/world.ts'
import type { App } from '../wecom/apps/state.ts'
import { findMedium, mediumUrl } from '../wecom/messages/media.ts'
import { isWebAddress, recordOf, textOf } from './outcome.ts'

type Fields = Record<string, unknown>

/**
 * The card of a message that a page hands to WeCom's client, or what is wrong with it in the
 * client's words (WW-96935, WW-93555).
 */
export function readCard(world: World, app: App, msgtype: unknown, part: unknown): Card | string {
  const fields = recordOf(part)
  switch (msgtype) {
    case 'text':
      return textOf(fields.content) === ''
        ? 'invalid content'
        : { kind: 'text', text: textOf(fields.content) }
    case 'news':
      return linkCard(fields, fields.link)
    case 'link':
      return linkCard(fields, fields.url)
    case 'miniprogram':
      return miniprogramCard(world, fields)
    case 'image':
    case 'video':
    case 'file':
      return mediaCard(world, app, msgtype, fields)
    default:
      return 'unsupported msgtype'
  }
}

function linkCard(fields: Fields, url: unknown): Card | string {
  if (!isWebAddress(url)) return 'invalid link'
  if (textOf(fields.title) === '') return 'invalid title'
  if (textOf(fields.imgUrl) !== '' && !isWebAddress(fields.imgUrl)) return 'invalid imgUrl'
  return {
    kind: 'link',
    title: textOf(fields.title),
    desc: textOf(fields.desc),
    imgUrl: textOf(fields.imgUrl),
    url,
  }
}

function miniprogramCard(world: World, fields: Fields): Card | string {
  const { appid, name } = world.scene.miniprogram
  if (fields.appid !== appid) return 'invalid appid'
  if (textOf(fields.title) === '') return 'invalid title'
  if (!isWebAddress(fields.imgUrl)) return 'invalid imgUrl'
  if (!/^[^?\s]+\.html(\?|$)/.test(textOf(fields.page))) return 'invalid page'
  const page = textOf(fields.page).replace(/^\//, '')
  return {
    kind: 'miniprogram',
    appid,
    appName: name,
    title: textOf(fields.title),
    imgUrl: fields.imgUrl,
    page,
  }
}

/**
 * A temporary medium of the corp, of this kind and not older than three days. The mass-send
 * assistant takes a picture by its address too.
 */
function mediaCard(
  world: World,
  app: App,
  kind: 'image' | 'video' | 'file',
  { mediaid, imgUrl }: Fields,
): Card | string {
  if (kind === 'image' && textOf(mediaid) === '' && isWebAddress(imgUrl))
    return { kind: 'image', url: imgUrl }
  const medium = findMedium(world, app.corpId, textOf(mediaid), kind)
  if (!medium) return 'invalid mediaid'
  const url = mediumUrl(world, medium)
  if (kind === 'image') return { kind, url }
  if (kind === 'video') return { kind, title: medium.filename, imgUrl: '', url }
  return { kind, name: medium.filename, bytes: medium.bytes.length, url }
}
