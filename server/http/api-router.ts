import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import type { EndpointSpec } from '../../shared/contract/endpoint.ts'
import type { Context } from '../context.ts'

export type KoaHandler = (koa: KoaContext) => Promise<void>

/** Where domains plug in: `serve` adds contract endpoints; `pages` takes what is no API (files, redirects). */
export interface ApiRouter {
  readonly ctx: Context
  readonly pages: Router
  /** Every endpoint that has a handler; a safety spec holds it against the contract. */
  readonly served: ReadonlySet<EndpointSpec>
  add(endpoint: EndpointSpec, handle: KoaHandler): void
}

export function makeApiRouter(ctx: Context): ApiRouter {
  const pages = new Router()
  const served = new Set<EndpointSpec>()
  return {
    ctx,
    pages,
    served,
    add(endpoint, handle) {
      served.add(endpoint)
      pages.register(endpoint.path, [endpoint.method], (koa) => {
        koa.route = endpoint.path
        return handle(koa)
      })
    },
  }
}
