import type { ApiRouter } from '../base/http/api-router.ts'
import { platformSeen } from '../base/http/operator/health.ts'
import { serves } from '../base/http/session/identify.ts'
import type { Domain } from '../domain.ts'
import { forgetCallbacks } from './callbacks/forget.ts'
import { platformPushes } from './callbacks/handle.ts'
import { callbackRoutes } from './callbacks/receive.ts'
import { openRefusals, refusals } from './callbacks/refusals.ts'
import { directory, openDirectory, openSeen } from './directory.ts'
import { forgetPushes, personalPushes } from './callbacks/personal.ts'
import { connectionRoutes } from './routes.ts'
import { openVault, vault } from './secrets/vault.ts'
import { openTokenStore } from './token-store.ts'

export interface ConnectionOptions {
  /** How long one answer of a platform may take; five seconds by default. */
  platformTimeoutMs?: number | undefined
}

/** @throws SecretsError when the key of the installation is missing or wrong */
export function makeConnections({ platformTimeoutMs }: ConnectionOptions): Domain {
  return {
    name: 'connections',
    tables: {
      corps: { nobody: 'the companies themselves' },
      connections: { nobody: 'their accounts' },
      connection_secrets: { nobody: 'the secrets of their accounts, encrypted' },
      secret_keys: { nobody: 'keys, wrapped' },
      platform_tokens: { nobody: 'tokens of their accounts, encrypted' },
      platform_calls: { nobody: 'how often platforms were asked' },
      callbacks: 'exported and erased',
    },
    async memory(ctx) {
      const { seen, last } = openSeen(ctx)
      ctx.memory.keep(platformSeen, last)
      const own = await openVault(ctx)
      ctx.memory.keep(vault, own)
      const tokens = openTokenStore({ ...ctx, vault: own })
      const timeoutMs = platformTimeoutMs
      const known = await openDirectory({ ctx, vault: own, tokens, timeoutMs, seen })
      ctx.memory.keep(directory, known)
      ctx.memory.keep(serves, known.serves)
      ctx.memory.keep(refusals, openRefusals())
    },
    routes(router: ApiRouter) {
      connectionRoutes(router)
      callbackRoutes(router)
    },
    jobs: [platformPushes, forgetCallbacks],
    personal: {
      sections: {
        async *pushes({ adHoc }, { words }) {
          yield await personalPushes(adHoc, words)
        },
      },
      forget: async (tx, { words }) => ({ callbacks: await forgetPushes(tx, words) }),
    },
  }
}
