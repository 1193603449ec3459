import Router from '@koa/router'
import type { Context as KoaContext, Next } from 'koa'
import type { EndpointSpec } from '../../../shared/contract/endpoint.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'

export type KoaHandler = (koa: KoaContext) => Promise<void>

/**
 * Domains add their routes here: `serve` adds endpoints of the contract, `pages` takes all other
 * routes (files, redirects).
 */
export interface ApiRouter {
  readonly ctx: Context
  readonly pages: Router
  /** Every endpoint that has a handler. A safety spec compares it with the contract. */
  readonly served: ReadonlySet<EndpointSpec>
  add(endpoint: EndpointSpec, handle: KoaHandler): void
  readonly middleware: (koa: KoaContext, next: Next) => Promise<void>
}

export function makeApiRouter(ctx: Context): ApiRouter {
  const pages = new Router()
  const served = new Set<EndpointSpec>()
  /** Handlers of addresses without parameters, by `METHOD path`: they need no pattern. */
  const exact = new Map<string, KoaHandler>()
  const match = pages.routes() as (koa: KoaContext, next: Next) => Promise<void>

  return {
    ctx,
    pages,
    served,
    add(endpoint, handle) {
      async function answer(koa: KoaContext): Promise<void> {
        koa.route = endpoint.path
        await handle(koa)
      }
      served.add(endpoint)
      if (!endpoint.path.includes(':')) exact.set(`${endpoint.method} ${endpoint.path}`, answer)
      pages.register(endpoint.path, [endpoint.method], answer)
    },
    middleware(koa, next) {
      const { method, url = '' } = koa.req
      const question = url.indexOf('?')
      const handle = exact.get(`${method} ${question < 0 ? url : url.slice(0, question)}`)
      return handle ? handle(koa) : match(koa, () => refuseMethod(koa, pages, next))
    },
  }
}

/**
 * Runs when no handler took the request. Answers 405 when the address has a handler for another
 * method.
 */
async function refuseMethod(koa: KoaContext, router: Router, next: Next): Promise<void> {
  const allowed = [
    ...new Set(router.match(koa.path, koa.method).path.flatMap((layer) => layer.methods)),
  ]
  if (allowed.length > 0 && !allowed.includes(koa.method)) {
    throw new Problem('method_not_allowed', `${koa.path} takes ${allowed.join(', ')}`, {
      headers: { Allow: allowed.join(', ') },
    })
  }
  await next()
}
