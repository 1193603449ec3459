import type { Moment, MomentKind } from '../../shared/contract/timeline.ts'
import type { MomentFilter } from '../../shared/text/sidebar-words.ts'

/** The rep's filters of a timeline. They hold for the server's pages and the live stream. */
export interface Wanted {
  kind: MomentFilter
  material?: { id: string; title: string } | undefined
  /** The member who handed it out. */
  member?: { userId: string; name: string } | undefined
  period?: Period | undefined
}

/** ISO 8601: at or after `from`, before `to`. */
export interface Period {
  /** The rep's choice, which names the period. */
  choice: PeriodChoice
  from?: string | undefined
  to?: string | undefined
}
export type PeriodChoice = 'today' | 'week' | 'month' | 'dates'

export const kindsOf: Record<MomentFilter, readonly MomentKind[] | null> = {
  all: null,
  view: ['material.view'],
  share: ['material.share'],
  workorder: ['workorder.submit', 'workorder.cancel'],
  other: ['material.push', 'menu.click', 'form.submit', 'contact.joined'],
}

/** The same rule as the server's: the stream may add a moment that a page would contain. */
export function passes(moment: Moment, { kind, material, member, period }: Wanted): boolean {
  return (
    (kindsOf[kind]?.includes(moment.kind) ?? true) &&
    (!material || moment.material?.id === material.id) &&
    (!member || moment.share?.memberUserId === member.userId) &&
    (!period?.from || moment.occurredAt >= period.from) &&
    (!period?.to || moment.occurredAt < period.to)
  )
}

/** How many filters there are besides the kind. */
export function narrowings({ material, member, period }: Wanted): number {
  return [material, member, period].filter(Boolean).length
}
