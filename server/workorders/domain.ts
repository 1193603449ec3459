import type { Domain } from '../domain.ts'
import { forgetWorkorders, personalWorkorders } from './personal.ts'
import { workorderRoutes } from './routes.ts'

export const workorders: Domain = {
  name: 'workorders',
  tables: {
    workorders: 'exported and erased',
    workorder_statuses: 'exported and erased',
    workorder_numbers: { nobody: 'a counter for each day' },
  },
  routes: workorderRoutes,
  personal: {
    sections: {
      async *workorders(ctx, { identityIds }) {
        yield await personalWorkorders(ctx, identityIds)
      },
    },
    forget: async (tx, { identityIds }) => ({
      workorders: await forgetWorkorders(tx, identityIds),
    }),
  },
}
