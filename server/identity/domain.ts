import { visitors } from '../base/http/session/visitors.ts'
import type { Domain } from '../domain.ts'
import { forgetQuestions } from './conversion/asked-lately.ts'
import { forgetPendingIds } from './conversion/recognize.ts'
import { sharedNumbers } from './evidence/numbers.ts'
import { regroupings } from './merge/regroup.ts'
import { forgetTies, personalEvidence, personalIdentities } from './personal.ts'
import { identityPushes } from './pushes.ts'
import { identityRoutes } from './routes.ts'
import { openVisitors } from './visitors.ts'

export const identity: Domain = {
  name: 'identity',
  tables: {
    identities: 'exported and erased',
    identity_evidence: 'exported and erased',
    identity_questions: 'exported and erased',
    pending_ids: 'exported and erased',
    merges: 'exported and erased',
    regroupings: 'erased',
    asked_lately: 'erased',
    persons: { nobody: 'ids that identities refer to' },
  },
  memory({ memory, db }) {
    memory.keep(visitors, openVisitors(db))
  },
  routes: identityRoutes,
  jobs: [forgetPendingIds, regroupings, sharedNumbers],
  pushes: identityPushes,
  personal: {
    sections: {
      async *identities({ db }, { identityIds }) {
        yield await personalIdentities(db, identityIds)
      },
      async *evidence({ db }, { identityIds }) {
        yield await personalEvidence(db, identityIds)
      },
    },
    async forget(tx, { identityIds, words }) {
      await forgetTies(tx, identityIds)
      await forgetQuestions(tx, identityIds, words)
      return {}
    },
  },
}
