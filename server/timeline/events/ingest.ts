import type { Database } from '../../base/db/database.ts'
import { sqlState } from '../../base/db/database.ts'
import { kept } from '../../base/kept.ts'
import { Problem } from '../../base/problem.ts'
import { type Batch, storeEvents, type EventRow, type Reporter, type Stored } from './store.ts'
import type { Teller } from '../live/tell.ts'

/** Why an event of a batch was not stored, by event id. */
export type Refusals = ReadonlyMap<string, 'foreign' | 'unknown' | 'silent' | 'unstorable'>

/** An event on its way into the table. */
export interface Arrival {
  event: EventRow
  /** The same object for all events of a request. */
  reporter: Reporter
  /**
   * The moment that the event belongs to, and its claim: the reader, kind and share, which a moment
   * has only once. Both are null when the event belongs to no moment.
   */
  moment: string | null
  claim: string | null
}

interface Waiting {
  rows: readonly Arrival[]
  settle: (refusals: Refusals) => void
  reject: (error: unknown) => void
}

const mostEventsInGroup = 1_000
/**
 * How many groups are under way at once. A second group is sent only when it is full: two small
 * groups cost more than one of twice the size.
 */
const mostGroups = 2
/** Above this number the database cannot keep up. A refusal is better than clients that wait. */
const mostEventsWaiting = 20_000
/** Used until the first measurement. */
const firstGuessMs = 50

export interface Ingest {
  /**
   * Resolves once the events are on disk.
   * @throws Problem `too_many_requests`, `unavailable`: nothing was stored, and `Retry-After` says
   * when to try again
   */
  add(rows: readonly Arrival[]): Promise<Refusals>
}

/** One per process. Requests that arrive during a commit share the next one. */
export const ingest = kept<Ingest>('ingestion of events')

export function openIngest(db: Database, teller: Teller): Ingest {
  return makeIngest(async (batches) => {
    const stored = await storeEvents(db.$client, batches)
    teller.tell([...stored.changed])
    return stored
  })
}

type Store = (batches: readonly Batch[]) => Promise<Omit<Stored, 'changed'>>

/**
 * Collects events into groups, without a timer. An idle server stores at once what arrived in one
 * turn of the event loop; a busy server stores larger groups.
 */
export function makeIngest(store: Store, now = () => performance.now()): Ingest {
  const queue: Waiting[] = []
  const underWay = new Set<Claims>()
  let eventsWaiting = 0
  let pumpIsDue = false
  /** How long a group has taken lately. */
  let groupMs = firstGuessMs

  function pump(): void {
    while (underWay.size < (eventsWaiting < mostEventsInGroup ? 1 : mostGroups)) {
      const { group, claims } = nextGroup(queue, underWay)
      if (group.length === 0) return
      eventsWaiting -= group.reduce((sum, { rows }) => sum + rows.length, 0)
      underWay.add(claims)
      void commit(group).finally(() => {
        underWay.delete(claims)
        pump()
      })
    }
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    const begun = now()
    try {
      const refusals = await storeOrSplit(store, distinct(group.flatMap(({ rows }) => rows)))
      for (const { settle } of group) settle(refusals)
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
    groupMs += (now() - begun - groupMs) / 8
  }

  /** Returns the seconds until the waiting events will be stored. */
  function patience(): number {
    return Math.min(
      60,
      Math.max(1, Math.ceil(((eventsWaiting / mostEventsInGroup) * groupMs) / mostGroups / 1000)),
    )
  }

  return {
    add(rows) {
      if (eventsWaiting + rows.length > mostEventsWaiting) return Promise.reject(full(patience()))
      return new Promise((settle, reject) => {
        queue.push({ rows, settle, reject })
        eventsWaiting += rows.length
        if (pumpIsDue) return
        pumpIsDue = true
        setImmediate(() => {
          pumpIsDue = false
          pump()
        })
      })
    },
  }
}

function full(seconds: number): Problem {
  const headers = { 'Retry-After': String(seconds) }
  return new Problem(
    'too_many_requests',
    `More events are waiting than the database can take; try again in ${seconds} seconds`,
    {
      headers,
    },
  )
}

/** The claim on each moment, by moment id. */
type Claims = Map<string, string>

/**
 * Takes requests in order, until the group is full, or a request claims a moment that is being
 * stored for another identity. Such a request waits for the outcome.
 */
function nextGroup(
  queue: Waiting[],
  underWay: ReadonlySet<Claims>,
): { group: Waiting[]; claims: Claims } {
  const group: Waiting[] = []
  const claims: Claims = new Map()
  let size = 0
  for (;;) {
    const next = queue[0]
    if (!next || (size > 0 && size + next.rows.length > mostEventsInGroup)) return { group, claims }
    if (
      [claims, ...underWay].some((others) =>
        next.rows.some((row) => isClaimedOtherwise(others, row)),
      )
    )
      return { group, claims }
    queue.shift()
    group.push(next)
    size += next.rows.length
    for (const { moment, claim } of next.rows)
      if (moment !== null && claim !== null) claims.set(moment, claim)
  }
}

function isClaimedOtherwise(claims: Claims, { moment, claim }: Arrival): boolean {
  const known = moment === null ? undefined : claims.get(moment)
  return known !== undefined && known !== claim
}

/** Of events with the same id the first one counts, as in the table. */
function distinct(rows: readonly Arrival[]): Arrival[] {
  const byId = new Map<string, Arrival>()
  for (const row of rows) if (!byId.has(row.event.id)) byId.set(row.event.id, row)
  return [...byId.values()]
}

/** Groups consecutive events of one reporter, so that they share the reporter's data. */
function batchesOf(rows: readonly Arrival[]): Batch[] {
  const batches: { reporter: Reporter; events: EventRow[] }[] = []
  for (const { reporter, event } of rows) {
    const last = batches.at(-1)
    if (last?.reporter === reporter) last.events.push(event)
    else batches.push({ reporter, events: [event] })
  }
  return batches
}

/**
 * PostgreSQL's codes for a value that it cannot store: data exception, integrity violation, syntax
 * of a value, program limit.
 */
const aboutTheData = /^(22|23|42|54)/
const worthAnotherTry = new Set(['40001', '40P01'])
const mostTries = 4

/**
 * Stores the rows. One bad row fails the statement for all of them; then each half is tried alone,
 * until the bad row stands alone.
 */
async function storeOrSplit(store: Store, rows: readonly Arrival[]): Promise<Refusals> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return refusalsOf(rows, await store(batchesOf(rows)))
    } catch (error) {
      const state = sqlState(error) ?? ''
      if (worthAnotherTry.has(state) && attempt < mostTries) continue
      if (!aboutTheData.test(state)) {
        const headers = { 'Retry-After': '2' }
        throw new Problem('unavailable', 'The events could not be stored; try again', {
          cause: error,
          headers,
        })
      }
      if (rows.length === 1) return new Map(rows.map(({ event }) => [event.id, 'unstorable']))
      const middle = Math.ceil(rows.length / 2)
      const first = await storeOrSplit(store, rows.slice(0, middle))
      return new Map([...first, ...(await storeOrSplit(store, rows.slice(middle)))])
    }
  }
}

function refusalsOf(
  rows: readonly Arrival[],
  { foreign, unknown, silent }: Omit<Stored, 'changed'>,
): Refusals {
  const refusals = new Map<string, 'foreign' | 'unknown' | 'silent'>()
  if (foreign.size + unknown.size + silent.size === 0) return refusals
  for (const { event, reporter, moment } of rows) {
    const { id } = event
    const { identity } = reporter
    if (identity !== null && unknown.has(identity)) refusals.set(id, 'unknown')
    else if (identity !== null && silent.has(identity)) refusals.set(id, 'silent')
    else if (moment !== null && foreign.has(moment)) refusals.set(id, 'foreign')
  }
  return refusals
}
