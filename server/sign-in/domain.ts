import type { Domain } from '../domain.ts'
import { codes, openCodes } from './codes.ts'
import { forgetOnce } from './once.ts'
import { signInRoutes } from './routes.ts'

export interface SignInOptions {
  /** How long a sign-in may ask platforms in all; twelve seconds by default. */
  signInPatienceMs?: number | undefined
}

/** Less than the fifteen seconds for which our clients wait. */
const patienceMs = 12_000

export function makeSignIn({ signInPatienceMs = patienceMs }: SignInOptions): Domain {
  return {
    name: 'sign-in',
    tables: { once_values: 'erased' },
    memory({ memory }) {
      memory.keep(codes, openCodes(signInPatienceMs))
    },
    routes: signInRoutes,
    personal: {
      async forget(tx, { words }) {
        await forgetOnce(tx, words)
        return {}
      },
    },
  }
}
