import { makeUuid7 } from '../shared/tracker/uuid.ts'

/** A reporter, and the shares under which it reads. */
export interface Reader {
  /** A visitor's bearer token. */
  token: string
  corpId: string
  identityId: string
  shareIds: readonly string[]
}

export interface VisitEvent {
  id: string
  kind: 'view.start' | 'view.progress' | 'view.end'
  occurredAt: string
  visitId: string
  shareId: string
  activeSeconds?: number
  depth?: { unit: 'percent'; reached: number; total: 100 }
}

const uuid = makeUuid7(Date.now, Math.random)

/**
 * Returns the reports of a reader's phone, one event after the other: visits that begin, go on for
 * a while (three reports on average) and end. So a request of one event is sometimes a new moment
 * and sometimes a step of a known one. A batch of twenty holds four to five visits.
 */
export function readingOf({ shareIds }: Reader): () => VisitEvent {
  let step = 0
  let last = 0
  let visit = { visitId: '', shareId: '' }
  return () => {
    if (step === 0) {
      visit = {
        visitId: uuid(),
        shareId: shareIds[Math.floor(Math.random() * shareIds.length)] ?? '',
      }
      last = 2 + Math.min(30, Math.floor(-Math.log(1 - Math.random()) * 3))
    }
    step += 1
    const event = { id: uuid(), occurredAt: new Date().toISOString(), ...visit }
    if (step === 1) return { ...event, kind: 'view.start' }
    const reached = {
      activeSeconds: step * 5,
      depth: { unit: 'percent', reached: Math.min(100, step * 7), total: 100 },
    } as const
    if (step < last) return { ...event, kind: 'view.progress', ...reached }
    step = 0
    return { ...event, kind: 'view.end', ...reached }
  }
}

export function batchBody(events: readonly VisitEvent[]): string {
  return JSON.stringify({ sentAt: new Date().toISOString(), events })
}
