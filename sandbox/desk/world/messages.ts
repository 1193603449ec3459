import type { Card, Message } from '../../api.ts'
import type { Text } from '../text.ts'

/** A history of ten thousand messages is real; drawing it is not needed. */
export const shownAtFirst = 200

export interface Row {
  message: Message
  /**
   * Both clients write the time above a message that comes more than five minutes after the one
   * before.
   */
  timeAbove: boolean
}

/** The newest `shown` messages, oldest first, and how many earlier ones are left out. */
export function rowsOf(
  messages: readonly Message[],
  shown: number,
): { rows: Row[]; earlier: number } {
  const earlier = Math.max(0, messages.length - shown)
  const rows = messages.slice(earlier).map((message, index, all) => {
    const before = all[index - 1]
    return {
      message,
      timeAbove: !before || Date.parse(message.at) - Date.parse(before.at) > 5 * 60_000,
    }
  })
  return { rows, earlier }
}

/** One line for a conversation list. */
export function preview(message: Card, text: Text): string {
  switch (message.kind) {
    case 'text':
      return message.text.replace(/\s+/g, ' ')
    case 'image':
      return text.message.sideImage
    case 'video':
      return `${text.message.sideVideo} ${message.title}`
    case 'file':
      return `${text.message.sideFile} ${message.name}`
    case 'link':
      return `${text.message.sideLink} ${message.title}`
    case 'miniprogram':
      return `${text.message.sideMiniprogram} ${message.title}`
    case 'voice':
      return `${text.card.sideVoice} ${message.seconds}″`
    case 'location':
      return `${text.card.sideLocation} ${message.name}`
    case 'notice':
      return message.text.replace(/\s+/g, ' ')
    case 'articles':
      return `${text.card.sideArticles} ${message.articles[0]?.title ?? ''}`
    case 'form':
      return `${text.card.sideForm} ${message.title}`
    case 'choices':
      return message.head.replace(/\s+/g, ' ')
    default:
      return text.message.unknown
  }
}

export function hours(at: Date): string {
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
}

function daysBetween(at: Date, now: Date): number {
  const day = (date: Date) =>
    new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
  return Math.round((day(now) - day(at)) / 86_400_000)
}

function dayLabel(at: Date, now: Date, text: Text): string {
  const days = daysBetween(at, now)
  if (days === 1) return text.message.yesterday
  if (days > 1 && days < 7) return text.message.weekdays[at.getDay()] ?? ''
  if (at.getFullYear() === now.getFullYear())
    return text.message.date(at.getMonth() + 1, at.getDate())
  return text.message.fullDate(at.getFullYear(), at.getMonth() + 1, at.getDate())
}

/** Time as a conversation list has it: today the hour, then yesterday, the weekday, the date. */
export function listTime(iso: string, now: Date, text: Text): string {
  const at = new Date(iso)
  return daysBetween(at, now) <= 0 ? hours(at) : dayLabel(at, now, text)
}

/** Time as it stands above a message. */
export function chatTime(iso: string, now: Date, text: Text): string {
  const at = new Date(iso)
  return daysBetween(at, now) <= 0 ? hours(at) : `${dayLabel(at, now, text)} ${hours(at)}`
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
