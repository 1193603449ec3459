import 'koa'
import type { Session } from './session/sessions.ts'

declare module 'koa' {
  interface DefaultContext {
    requestId: string
    /**
     * The pattern of the route, for metrics and logs. The address itself may hold a person's id.
     */
    route: string
    params: Record<string, string>
    /** The session by which the caller was let in. */
    signedIn?: Session
  }
}
