import type { Domain } from '../domain.ts'
import { forgetKeysOf } from './db/idempotency.ts'
import { plannerStatistics } from './db/planner-statistics.ts'
import { healthRoutes } from './http/operator/health.ts'
import { metricsRoutes } from './http/operator/metrics-route.ts'
import { openapiRoutes } from './http/operator/openapi.ts'
import { forgetEnds, openSessionEnds, sessionEnds } from './http/session/ends.ts'

/** What all domains need: health, metrics, the description of the API, repeated requests. */
export const base: Domain = {
  name: 'base',
  tables: {
    idempotency_keys: 'erased',
    member_not_before: { nobody: 'employees' },
    ended_sessions: { nobody: 'digests of tokens' },
  },
  async memory(ctx) {
    ctx.memory.keep(sessionEnds, await openSessionEnds(ctx))
  },
  routes(router) {
    healthRoutes(router)
    openapiRoutes(router)
    metricsRoutes(router)
  },
  jobs: [plannerStatistics, forgetEnds],
  personal: {
    async forget(tx, { identityIds }) {
      await forgetKeysOf(tx, identityIds)
      return {}
    },
  },
}
