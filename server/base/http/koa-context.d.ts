import 'koa'

declare module 'koa' {
  interface DefaultContext {
    requestId: string
    /** The route's pattern, for metrics and logs: an address itself may hold somebody's id. */
    route: string
    params: Record<string, string>
  }
}
