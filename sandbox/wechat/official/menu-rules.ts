import { Refusal } from '../../platform/method.ts'
import { entryOf, isRecord } from '../../platform/fields.ts'
import type { SceneButton } from '../../scenes/wechat.ts'

/** Which fields a type of button needs (Creating_Custom-Defined_Menu). */
const needs: Record<string, (keyof SceneButton | 'media_id' | 'article_id')[]> = {
  click: ['key'],
  view: ['url'],
  scancode_push: ['key'],
  scancode_waitmsg: ['key'],
  pic_sysphoto: ['key'],
  pic_photo_or_album: ['key'],
  pic_weixin: ['key'],
  location_select: ['key'],
  miniprogram: ['url', 'appid', 'pagepath'],
  media_id: ['media_id'],
  view_limited: ['media_id'],
  article_id: ['article_id'],
  article_view_limited: ['article_id'],
}

/** The same mistake has one errcode in the first level and another in the second. */
const levels = [
  { count: 40016, type: 40017, name: 40018, key: 40019, url: 40020, nameBytes: 16, most: 3 },
  { count: 40023, type: 40024, name: 40025, key: 40026, url: 40027, nameBytes: 60, most: 5 },
] as const
const words: Record<number, string> = {
  40016: 'invalid button size',
  40017: 'invalid button type',
  40018: 'invalid button name size',
  40019: 'invalid button key size',
  40020: 'invalid button url size',
  40022: 'invalid sub button level',
  40023: 'invalid sub button size',
  40024: 'invalid sub button type',
  40025: 'invalid sub button name size',
  40026: 'invalid sub button key size',
  40027: 'invalid sub button url size',
}
const mostKeyBytes = 128
const mostUrlBytes = 1024

/** The buttons of a menu, or the platform's refusal of the first thing that is wrong. */
export function readButtons(given: unknown, appids: string[], level: 0 | 1 = 0): SceneButton[] {
  const rules = levels[level]
  if (!Array.isArray(given) || given.length === 0 || given.length > rules.most)
    throw refusal(rules.count)
  return given.map((one) => readButton(one, appids, level))
}

function readButton(given: unknown, appids: string[], level: 0 | 1): SceneButton {
  const rules = levels[level]
  if (!isRecord(given)) throw refusal(rules.type)
  const name = typeof given.name === 'string' ? given.name : ''
  if (name === '' || Buffer.byteLength(name) > rules.nameBytes) throw refusal(rules.name)
  const subs =
    Array.isArray(given.sub_button) && given.sub_button.length > 0 ? given.sub_button : null
  if (subs && level === 1) throw refusal(40022)
  if (subs) return { name, sub_button: readButtons(subs, appids, 1) }
  const type = typeof given.type === 'string' ? given.type : ''
  const wanted = entryOf(needs, type)
  if (!wanted) throw refusal(rules.type)
  const texts = Object.fromEntries(
    wanted.map((field) => [field, typeof given[field] === 'string' ? given[field] : '']),
  )
  if (
    wanted.includes('key') &&
    (texts.key === '' || Buffer.byteLength(texts.key ?? '') > mostKeyBytes)
  )
    throw refusal(rules.key)
  if (wanted.includes('url') && !isAddress(texts.url ?? '')) throw refusal(rules.url)
  if (wanted.includes('appid') && !appids.includes(texts.appid ?? ''))
    throw new Refusal(45064, 'invalid weapp')
  if (wanted.includes('pagepath') && texts.pagepath === '')
    throw new Refusal(40165, 'invalid weapp pagepath')
  return { name, type, ...texts }
}

function isAddress(url: string): boolean {
  return /^https?:\/\/\S+$/.test(url) && Buffer.byteLength(url) <= mostUrlBytes
}

function refusal(errcode: number): Refusal {
  return new Refusal(errcode, words[errcode] ?? 'invalid button')
}
