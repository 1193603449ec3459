import type pg from 'pg'
import { makeUuid7 } from '../shared/tracker/uuid.ts'
import type { Dice } from './random.ts'

/**
 * Knows what was sent and acknowledged, and folds moments in its own way: it shares no line with
 * the server.
 */
export interface Witness {
  sent(events: readonly StoryEvent[], sentAt: number): void
  acknowledged(events: readonly StoryEvent[]): void
  count(): { sent: number; acknowledged: number }
  /** Returns how many acknowledged events are not in the table. */
  lost(): Promise<number>
  /** Returns how many events in the table were never sent, or are there twice. */
  surplus(): Promise<number>
  /**
   * Returns how many moments differ from the stored events, with the first few of them in words.
   */
  wrongMoments(): Promise<{ moments: number; wrong: number; examples: string[] }>
}

type Unit = 'percent' | 'page' | 'second'

export interface StoryEvent {
  id: string
  kind: 'view.start' | 'view.progress' | 'view.end' | 'menu.click'
  occurredAt: string
  visitId: string
  shareId: string
  activeSeconds?: number
  depth?: { unit: Unit; reached: number; total: number }
  item?: string
}

const uuid = makeUuid7(Date.now, Math.random)

/**
 * Returns visits as bad networks and odd clients report them: several at once, out of order, told
 * twice. Some have a wrong clock, more seconds than have passed, or a unit of depth that their
 * material, an article, has not.
 */
export function storyOf(
  dice: Dice,
  shareIds: readonly string[],
  skewMs = 0,
): (count: number) => StoryEvent[] {
  const open: { visitId: string; shareId: string; step: number }[] = []
  const told: StoryEvent[] = []
  function one(): StoryEvent {
    if (told.length > 0 && dice.chance(0.03)) return dice.pick(told)
    const occurredAt = new Date(Date.now() + skewMs - dice.below(60_000)).toISOString()
    if (dice.chance(0.05))
      return {
        id: uuid(),
        kind: 'menu.click',
        occurredAt,
        visitId: uuid(),
        shareId: dice.pick(shareIds),
        item: '报修',
      }
    if (open.length < 3) open.push({ visitId: uuid(), shareId: dice.pick(shareIds), step: 0 })
    const index = dice.below(open.length)
    const visit = open[index] ?? { visitId: uuid(), shareId: dice.pick(shareIds), step: 0 }
    const { visitId, shareId } = visit
    const base = { id: uuid(), occurredAt, visitId, shareId }
    visit.step += 1
    if (visit.step === 1) return { ...base, kind: 'view.start' }
    const unit: Unit = dice.chance(0.9) ? 'percent' : dice.pick(['page', 'second'] as const)
    const total = unit === 'percent' ? 100 : 10 + dice.below(20)
    const reached = {
      activeSeconds: dice.below(3_000) / 10,
      ...(dice.chance(0.9) && { depth: { unit, reached: dice.below(total + 1), total } }),
    }
    if (!dice.chance(0.15)) return { ...base, kind: 'view.progress', ...reached }
    open.splice(index, 1)
    return { ...base, kind: 'view.end', ...reached }
  }
  return (count) => {
    const events = new Map<string, StoryEvent>()
    while (events.size < count) {
      const event = one()
      events.set(event.id, event)
    }
    told.push(...events.values())
    told.splice(0, told.length - 200)
    // In the order of arrival, which is not the order in which they happened.
    return [...events.values()].sort(() => dice.unit() - 0.5)
  }
}

interface Folded {
  kind: string
  occurredAt: number
  /**
   * Active time is bounded by what has passed since the server saw the visit begin. For two events
   * of one statement that is the arrival of each; for later ones the first arrival.
   */
  seconds: { least: number; most: number }
  unit: string | null
  reached: number | null
  total: number | null
  endedAt: number | null
}

interface MomentRow {
  id: string
  kind: string
  occurred_at: Date
  active_seconds: number
  depth_unit: string | null
  depth_reached: number | null
  depth_total: number | null
  ended_at: Date | null
}

/** By so much a report may exceed the time that has passed. */
const slackSeconds = 5

export function makeWitness(pool: pg.Pool): Witness {
  /** With the phone's clock at each sending: of a repeated event the first arrival is kept. */
  const known = new Map<string, { event: StoryEvent; sentAt: number[] }>()
  const promised = new Set<string>()

  async function stored(): Promise<{ id: string; received_at: Date; occurred_at: Date }[]> {
    return (
      await pool.query<{ id: string; received_at: Date; occurred_at: Date }>(
        'select id, received_at, occurred_at from events',
      )
    ).rows
  }

  function fold(rows: Awaited<ReturnType<typeof stored>>): Map<string, Folded> {
    const folded = new Map<string, Folded>()
    const begun = new Map<string, number>()
    for (const { id, received_at: received } of rows) {
      const visit = known.get(id)?.event.visitId
      if (visit !== undefined)
        begun.set(visit, Math.min(begun.get(visit) ?? Infinity, received.getTime()))
    }
    for (const { id, received_at: received, occurred_at: kept } of rows) {
      const story = known.get(id)
      if (!story) continue
      const { event } = story
      const possible = story.sentAt.map((sentAt) =>
        Math.min(Date.parse(event.occurredAt) + received.getTime() - sentAt, received.getTime()),
      )
      // We do not know which of its sendings came first; it must be one of them.
      const at = possible.find((time) => time === kept.getTime()) ?? possible[0] ?? Number.NaN
      const isView = event.kind !== 'menu.click'
      const moment = isView ? event.visitId : event.id
      const { activeSeconds = 0 } = event
      const since = (seen: number) =>
        Math.min(activeSeconds, Math.max(0, (at - seen) / 1000) + slackSeconds)
      const depth = event.depth?.unit === 'percent' ? event.depth : null
      const now: Folded = {
        kind: isView ? 'material.view' : 'menu.click',
        occurredAt: at,
        seconds: {
          least: since(received.getTime()),
          most: since(begun.get(event.visitId) ?? received.getTime()),
        },
        unit: depth?.unit ?? null,
        reached: depth && Math.min(depth.reached, depth.total),
        total: depth?.total ?? null,
        // By the phone's own clock.
        endedAt: event.kind === 'view.end' ? Date.parse(event.occurredAt) : null,
      }
      const before = folded.get(moment)
      folded.set(moment, before ? together(before, now) : now)
    }
    return folded
  }

  return {
    sent(events, sentAt) {
      for (const event of events) {
        const story = known.get(event.id)
        if (story) story.sentAt.push(sentAt)
        else known.set(event.id, { event, sentAt: [sentAt] })
      }
    },
    acknowledged(events) {
      for (const { id } of events) promised.add(id)
    },
    count: () => ({ sent: known.size, acknowledged: promised.size }),
    async lost() {
      const there = new Set((await stored()).map(({ id }) => id))
      return [...promised].filter((id) => !there.has(id)).length
    },
    async surplus() {
      const rows = await stored()
      return (
        rows.filter(({ id }) => !known.has(id)).length +
        rows.length -
        new Set(rows.map(({ id }) => id)).size
      )
    },
    async wrongMoments() {
      const wanted = fold(await stored())
      const { rows } = await pool.query<MomentRow>(
        'select id, kind, occurred_at, active_seconds, depth_unit, depth_reached, depth_total, ended_at from moments',
      )
      const examples: string[] = []
      for (const row of rows) {
        const should = wanted.get(row.id)
        wanted.delete(row.id)
        const seconds = should?.seconds ?? { least: 0, most: 0 }
        const isTime = row.active_seconds >= seconds.least && row.active_seconds <= seconds.most
        const is: Folded = {
          kind: row.kind,
          occurredAt: row.occurred_at.getTime(),
          seconds: isTime ? seconds : { least: row.active_seconds, most: row.active_seconds },
          unit: row.depth_unit,
          reached: row.depth_reached,
          total: row.depth_total,
          endedAt: row.ended_at?.getTime() ?? null,
        }
        if (JSON.stringify(is) !== JSON.stringify(should))
          examples.push(`${row.id} is ${JSON.stringify(is)}, should be ${JSON.stringify(should)}`)
      }
      for (const id of wanted.keys()) examples.push(`${id} is missing`)
      return { moments: rows.length, wrong: examples.length, examples: examples.slice(0, 3) }
    },
  }
}

/**
 * Combines two states: the earliest start, the largest time, the furthest depth, the latest end.
 */
function together(one: Folded, other: Folded): Folded {
  const most = (a: number | null, b: number | null) =>
    a === null ? b : b === null ? a : Math.max(a, b)
  return {
    kind: one.kind,
    occurredAt: Math.min(one.occurredAt, other.occurredAt),
    seconds: {
      least: Math.max(one.seconds.least, other.seconds.least),
      most: Math.max(one.seconds.most, other.seconds.most),
    },
    unit: one.unit ?? other.unit,
    reached: most(one.reached, other.reached),
    total: most(one.total, other.total),
    endedAt: most(one.endedAt, other.endedAt),
  }
}
