import 'koa'

declare module 'koa' {
  interface DefaultContext {
    requestId: string
    /**
     * The pattern of the route, for metrics and logs. The address itself may hold a person's id.
     */
    route: string
    params: Record<string, string>
  }
}
