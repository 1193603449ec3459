import type { Message, Target } from '../../api.ts'

/**
 * Where a tap on an article or a notice leads, as the link or mini-program card that the windows
 * know how to open; null: nowhere.
 */
export function targetOf(
  message: Message,
  what: {
    title: string
    desc: string
    imgUrl: string
    url: string | null
    miniprogram?: Target | undefined
  },
): Message | null {
  const { id, from, at } = message
  const { title, desc, imgUrl, url, miniprogram } = what
  if (miniprogram)
    return { kind: 'miniprogram', appName: '', title, imgUrl, ...miniprogram, id, from, at }
  return url ? { kind: 'link', title, desc, imgUrl, url, id, from, at } : null
}
