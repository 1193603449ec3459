import { Refusal } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'

/** 90207: no mini program has this id; 90206: it is not the corp's. */
export function linked(world: World, appid: string): string {
  if (appid === '') throw new Refusal(90200, 'appid missing')
  if (!/^wx[0-9a-f]{16}$/.test(appid)) throw new Refusal(90207, 'invalid appid')
  if (appid !== world.scene.miniprogram.appid)
    throw new Refusal(90206, 'miniprogram is not linked to the corp')
  return appid
}

/** In 汉字: two letters of the Latin alphabet are as wide as one. */
export function width(words: string): number {
  return [...words].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) < 256 ? 0.5 : 1), 0)
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function cut(words: string, most: number): string {
  return [...words].slice(0, most).join('')
}

/** Cuts without leaving half a letter. */
export function cutBytes(words: string, most: number): string {
  if (Buffer.byteLength(words) <= most) return words
  return Buffer.from(words).subarray(0, most).toString('utf8').replace(/�+$/, '')
}

export function address(url: string): string {
  if (!/^https?:\/\/\S+$/.test(url)) throw new Refusal(40094, 'invalid url')
  return url
}
