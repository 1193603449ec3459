import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { getHealth } from '../../../../shared/contract/health.ts'
import type { Context } from '../../context.ts'
import { kept } from '../../kept.ts'
import type { ApiRouter } from '../api-router.ts'
import { serveRaw } from '../serve.ts'

const { version } = v.parse(
  v.object({ version: v.string() }),
  JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')),
)

/**
 * How long a failure of a platform counts. An old failure must not keep a load balancer away:
 * without requests, nothing would ask the platform again.
 */
const forgetMs = 60_000
const patienceMs = 2_000

/** The state of the platform at the last call. */
export interface LastSeen {
  at: Date
  ok: boolean
  detail: string
}

/** Null before the first call. The domain that calls the platforms opens it. */
export const platformSeen = kept<() => LastSeen | null>('how WeCom was last')

type Part = v.InferOutput<NonNullable<(typeof getHealth)['reply']>>['database']

export function healthRoutes(router: ApiRouter): void {
  serveRaw(
    router,
    getHealth,
    async (_, ctx, koa) => {
      const [database, platform] = [await databaseHealth(ctx), platformHealth(ctx)]
      const down = database.status === 'down' || platform.status === 'down'
      koa.status = down ? 503 : 200
      koa.type = 'application/json; charset=utf-8'
      koa.body = JSON.stringify({ status: down ? 'degraded' : 'ok', version, database, platform })
    },
    { cost: 0 },
  )
}

/** Anybody may read the health, so the address and the user of the database stay in the log. */
async function databaseHealth({ db, log }: Context): Promise<Part> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs)
  })
  try {
    await Promise.race([db.$client.query('select 1'), late])
    return { status: 'up', detail: 'answers' }
  } catch (error) {
    log.error({ err: error }, 'the database does not answer')
    return { status: 'down', detail: 'does not answer; the log of the server says why' }
  } finally {
    clearTimeout(timer)
  }
}

function platformHealth({ memory, clock }: Context): Part {
  const seen = memory.get(platformSeen)()
  if (!seen) return { status: 'up', detail: 'not asked yet' }
  const old = clock.now().getTime() - seen.at.getTime() > forgetMs
  return {
    status: seen.ok || old ? 'up' : 'down',
    detail: `${seen.detail} (${seen.at.toISOString()})`,
  }
}
