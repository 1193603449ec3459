import { sessionEnds } from '../base/http/session/ends.ts'
import type { Domain } from '../domain.ts'
import { ingest, openIngest } from './events/ingest.ts'
import { eventPartitions } from './events/partitions.ts'
import { openShareBook, shareBook } from './events/share-facts.ts'
import { changeLog } from './live/changes.ts'
import { live, openLive } from './live/live.ts'
import { openTeller } from './live/tell.ts'
import { nameBook, openNameBook } from './page/names.ts'
import { forgetHistory, personalEvents, personalMoments } from './personal.ts'
import { timelineRoutes } from './routes.ts'
import { rollUp } from './statistics/roll-up.ts'

export const timeline: Domain = {
  name: 'timeline',
  tables: {
    events: 'exported and erased',
    moments: 'exported and erased',
    moment_changes: 'erased',
    readers: 'erased',
    rollup_deltas: 'erased',
    rollups: { nobody: 'counts' },
    opened_forwards: { nobody: 'that a forward was opened, and when' },
    change_marks: { nobody: 'times and transactions' },
  },
  memory({ memory, db, listener }) {
    memory.keep(ingest, openIngest(db, openTeller(db)))
    memory.keep(shareBook, openShareBook(db))
    memory.keep(nameBook, openNameBook(db))
    memory.keep(live, openLive(listener, memory.get(sessionEnds)))
  },
  routes: timelineRoutes,
  jobs: [eventPartitions, rollUp, changeLog],
  personal: {
    sections: {
      moments: (ctx, { identityIds }) => personalMoments(ctx, identityIds),
      events: (ctx, { identityIds }) => personalEvents(ctx, identityIds),
    },
    forgetLot: (tx, { identityIds }) => forgetHistory(tx, identityIds),
  },
}
