import type { Domain } from '../domain.ts'
import { forgetShares, personalShares } from './personal.ts'
import { shareRoutes } from './routes.ts'

export const shares: Domain = {
  name: 'shares',
  tables: { shares: 'exported and erased' },
  routes: shareRoutes,
  personal: {
    sections: {
      async *shares({ db }, { identityIds }) {
        yield await personalShares(db, identityIds)
      },
    },
    forget: async (tx, { identityIds }) => ({ shares: await forgetShares(tx, identityIds) }),
  },
}
