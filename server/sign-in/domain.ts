import type { Domain } from '../domain.ts'
import { forgetOnce } from './once.ts'
import { signInRoutes } from './routes.ts'

export const signIn: Domain = {
  name: 'sign-in',
  tables: { once_values: 'erased' },
  routes: signInRoutes,
  personal: {
    async forget(tx, { words }) {
      await forgetOnce(tx, words)
      return {}
    },
  },
}
