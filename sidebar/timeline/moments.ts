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
 * Returns the list in which a reader reads each material once at a time. Two tabs make two visits,
 * and so does a reload whose farewell was lost. Only the latest one is «reading now». Unknown
 * readers are told apart by their identities.
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

export interface MomentRow {
  type: 'moment'
  key: string
  /** The newest one. */
  moment: Moment
  /** The same act again within one sitting, newest first. It begins with `moment`. */
  repeats: Moment[]
  position: number
}
export type TimelineRow = { type: 'day'; key: string; at: string } | MomentRow

/** After a longer pause a reader has come back, which is news. */
const oneSittingMs = 30 * 60_000

/** Names an act that is folded when it is repeated; null for others. */
function actOf({ kind, confirmed, identity, material, share, item }: Moment): string | null {
  if (kind !== 'material.view' && kind !== 'menu.click') return null
  // The customer has several devices. Strangers are told apart.
  const who = confirmed ? '' : identity.id
  return [kind, who, material?.id, share?.id, item].join('/')
}

/**
 * One row per act, a day's heading before its first. Repeats of one sitting are one row, at the
 * place of the newest. `opened` holds shares that somebody opened since the pages were read.
 */
export function rowsOf(
  list: readonly Moment[],
  opened: ReadonlySet<string> = new Set(),
): TimelineRow[] {
  const rows: TimelineRow[] = []
  let sittings = new Map<string, MomentRow>()
  let day = ''
  let position = 0
  for (const listed of list) {
    const moment = withPush(listed, opened)
    const itsDay = dayOf(moment.occurredAt)
    if (itsDay !== day) {
      rows.push({ type: 'day', key: `day-${itsDay}`, at: moment.occurredAt })
      sittings = new Map()
    }
    day = itsDay
    const act = actOf(moment)
    const sitting = act === null ? undefined : sittings.get(act)
    const later = sitting?.repeats.at(-1)
    if (
      sitting &&
      later &&
      Date.parse(later.occurredAt) - Date.parse(moment.occurredAt) <= oneSittingMs
    ) {
      sitting.repeats.push(moment)
      // The newest may change with every report, the oldest stays while nothing older is loaded.
      sitting.key = moment.id
      continue
    }
    const row: MomentRow = {
      type: 'moment',
      key: moment.id,
      moment,
      repeats: [moment],
      position: (position += 1),
    }
    rows.push(row)
    if (act !== null) sittings.set(act, row)
  }
  return rows
}

function withPush(moment: Moment, opened: ReadonlySet<string>): Moment {
  return moment.push && moment.share && opened.has(moment.share.id)
    ? { ...moment, push: { opened: true } }
    : moment
}

/** Returns the view of a row: longest time and furthest depth of its visits. */
export function viewOf(repeats: readonly Moment[]): Moment['view'] {
  const views = repeats.flatMap(({ view }) => view ?? [])
  if (views.length === 0) return null
  const depths = views.flatMap(({ depth }) => depth ?? [])
  return {
    activeSeconds: Math.max(...views.map(({ activeSeconds }) => activeSeconds)),
    depth: depths.reduce<(typeof depths)[number] | null>(
      (best, depth) => (best === null || shareOf(depth) > shareOf(best) ? depth : best),
      null,
    ),
    ongoing: views.some(({ ongoing }) => ongoing),
  }
}

/** Returns how much of the material that is, from 0 to 1. */
export function shareOf({ reached, total }: { reached: number; total: number }): number {
  return total > 0 ? Math.min(1, reached / total) : 0
}

/** Opened and left at once. A short text that was read to its end is no bounce. */
export function isBounce({ activeSeconds, depth, ongoing }: NonNullable<Moment['view']>): boolean {
  return !ongoing && activeSeconds < 5 && (depth === null || shareOf(depth) < 0.5)
}
