import type { Message } from '../../api.ts'

/** What the viewer of a window shows. */
export type Shown =
  { kind: 'images'; urls: string[]; at: number } | Extract<Message, { kind: 'video' | 'file' }>

/**
 * What a tap on a message shows inside the client itself; null for messages that open something
 * else.
 */
export function shownBy(message: Message): Shown | null {
  if (message.kind === 'image') return { kind: 'images', urls: [message.url], at: 0 }
  if (message.kind === 'video' || message.kind === 'file') return message
  return null
}
