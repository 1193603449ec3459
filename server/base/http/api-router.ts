import Router from '@koa/router'
import type { Context as KoaContext, Next } from 'koa'
import type { EndpointSpec } from '../../../shared/contract/endpoint.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'

export type KoaHandler = (koa: KoaContext) => Promise<void>

/**
 * Where domains plug in: `serve` adds contract endpoints; `pages` takes what is no API (files,
 * redirects).
 */
export interface ApiRouter {
  readonly ctx: Context
  readonly pages: Router
  /** Every endpoint that has a handler; a safety spec holds it against the contract. */
  readonly served: ReadonlySet<EndpointSpec>
  add(endpoint: EndpointSpec, handle: KoaHandler): void
  readonly middleware: (koa: KoaContext, next: Next) => Promise<void>
}

export function makeApiRouter(ctx: Context): ApiRouter {
  const pages = new Router()
  const served = new Set<EndpointSpec>()
  /** Addresses without parameters need no pattern: `METHOD path` finds their handler at once. */
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

/** No handler took it. If the address has one for another method, say so. */
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
