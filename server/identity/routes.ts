import { verifyPhone } from '../../shared/contract/identity.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { serve } from '../base/http/serve.ts'
import { phoneOf } from './evidence/phone.ts'

export function identityRoutes(router: ApiRouter): void {
  serve(router, verifyPhone, ({ body, session }, ctx) => phoneOf(ctx, session, body.code))
}
