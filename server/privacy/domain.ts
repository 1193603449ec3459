import type { Domain } from '../domain.ts'
import { erasures } from './erase.ts'
import { privacyRoutes } from './routes.ts'
import { consentsOf, forgetConsents } from './store.ts'

export const privacy: Domain = {
  name: 'privacy',
  tables: {
    consents: 'exported and erased',
    erasures: { nobody: 'that somebody was erased; while it is pending, which identities' },
  },
  routes: privacyRoutes,
  jobs: [erasures],
  personal: {
    sections: {
      async *consents({ db }, { identityIds }) {
        yield await consentsOf(db, identityIds)
      },
    },
    forget: async (tx, { identityIds }) => ({ consents: await forgetConsents(tx, identityIds) }),
  },
}
