import type { Card, Message } from '../../api.ts'
import { inChina } from '../../runtime/core/china.ts'
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

export function hours(at: string | Date): string {
  return inChina(at).format('HH:mm')
}

/** 2026/11/21 16:30:00 */
export function fullTime(at: string | Date, { time }: Text): string {
  return inChina(at).format(time.full)
}

/** 2026/11/21 */
export function plainDate(at: string, { time }: Text): string {
  return inChina(at).format(time.plain)
}

function daysBetween(at: string, now: Date): number {
  return inChina(now).startOf('day').diff(inChina(at).startOf('day'), 'day')
}

function dayLabel(iso: string, now: Date, { time }: Text): string {
  const days = daysBetween(iso, now)
  if (days === 1) return time.yesterday
  const at = inChina(iso).locale(time.language)
  if (days > 1 && days < 7) return at.format('dddd')
  return at.format(at.isSame(inChina(now), 'year') ? time.date : time.dateOfYear)
}

/** Time as a conversation list has it: today the hour, then yesterday, the weekday, the date. */
export function listTime(iso: string, now: Date, text: Text): string {
  return daysBetween(iso, now) <= 0 ? hours(iso) : dayLabel(iso, now, text)
}

/** Time as it stands above a message. */
export function chatTime(iso: string, now: Date, text: Text): string {
  return daysBetween(iso, now) <= 0 ? hours(iso) : `${dayLabel(iso, now, text)} ${hours(iso)}`
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
