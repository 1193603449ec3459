import { type Moment, silentAfterMs } from '../../shared/contract/timeline.ts'
import { dayOf } from '../../shared/text/time.ts'
import { passes, type Wanted } from './wanted.ts'

/** Newest first; the same order as the server's pages. */
function isBefore(a: Moment, b: Moment): boolean {
  return a.occurredAt === b.occurredAt ? a.id > b.id : a.occurredAt > b.occurredAt
}

/** Returns the index at which `moment` stands, or would stand, in a list that is newest first. */
function placeOf(list: readonly Moment[], moment: Moment): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    const there = list[middle]
    if (there && isBefore(there, moment)) low = middle + 1
    else high = middle
  }
  return low
}

export type Change = 'added' | 'updated' | 'none'

/**
 * Puts one moment into its place, in the list itself. A repeated or older state (lower revision)
 * changes nothing. `open` = older pages are not loaded yet. A moment older than the last row then
 * belongs to them and would leave a gap here.
 */
export function place(list: Moment[], moment: Moment, open: boolean): Change {
  const known = list.findIndex(({ id }) => id === moment.id)
  const there = list[known]
  if (there) {
    if (there.revision >= moment.revision) return 'none'
    // It may have moved: a late report can move the beginning of a visit back.
    list.splice(known, 1)
    list.splice(placeOf(list, moment), 0, moment)
    return 'updated'
  }
  const at = placeOf(list, moment)
  if (open && at === list.length && list.length > 0) return 'none'
  list.splice(at, 0, moment)
  return 'added'
}

/**
 * Does the same for a filtered list. A moment that a late report moved out of the period leaves it.
 */
export function placeWanted(list: Moment[], moment: Moment, wanted: Wanted, open: boolean): Change {
  if (passes(moment, wanted)) return place(list, moment, open)
  const known = list.findIndex(({ id, revision }) => id === moment.id && revision < moment.revision)
  if (known < 0) return 'none'
  list.splice(known, 1)
  return 'updated'
}

/**
 * Returns the list in which readers without news are no longer «reading now»; null when none
 * changes. The server says with each moment how long it holds without another report. `heard`
 * holds, by our own clock, when each visit last changed. This function updates it.
 */
export function settled(
  list: readonly Moment[],
  heard: Map<string, { revision: number; at: number }>,
  now: number,
): Moment[] | null {
  let changed = false
  const next = list.map((moment) => {
    const { id, revision, view } = moment
    if (!view?.ongoing) return moment
    const last = heard.get(id)
    if (last?.revision !== revision) heard.set(id, { revision, at: now })
    else if (now - last.at >= (view.presentForMs ?? silentAfterMs)) {
      changed = true
      return { ...moment, view: { ...view, ongoing: false } }
    }
    return moment
  })
  return changed ? next : null
}

/**
 * Returns the list in which a reader reads each material once at a time. Two tabs, or a reload whose
 * farewell was lost, make two visits; only the latest one is «reading now». Unknown readers are told
 * apart by their identities.
 */
export function presentOnce(list: readonly Moment[]): readonly Moment[] {
  const reading = new Set<string>()
  return list.map((moment) => {
    const { view, material, confirmed, identity } = moment
    if (!view?.ongoing) return moment
    const key = `${material?.id ?? ''}/${confirmed ? '' : identity.id}`
    if (!reading.has(key)) {
      reading.add(key)
      return moment
    }
    return { ...moment, view: { ...view, ongoing: false } }
  })
}

export type TimelineRow =
  | { type: 'day'; key: string; at: string }
  | { type: 'moment'; key: string; moment: Moment; position: number }

/** One row per moment, a day's heading before its first. */
export function rowsOf(list: readonly Moment[]): TimelineRow[] {
  const rows: TimelineRow[] = []
  let day = ''
  list.forEach((moment, index) => {
    const itsDay = dayOf(moment.occurredAt)
    if (itsDay !== day) rows.push({ type: 'day', key: `day-${itsDay}`, at: moment.occurredAt })
    day = itsDay
    rows.push({ type: 'moment', key: moment.id, moment, position: index + 1 })
  })
  return rows
}
