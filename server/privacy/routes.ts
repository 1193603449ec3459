import { Readable } from 'node:stream'
import {
  chooseTracking,
  erasePerson,
  exportPersonalData,
  getPrivacy,
} from '../../shared/contract/privacy.ts'
import type { Context } from '../base/context.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { fail } from '../base/problem.ts'
import { serve, serveRaw } from '../base/http/serve.ts'
import type { VisitorSubject } from '../base/http/session/sessions.ts'
import { ownIdentities } from '../identity/index.ts'
import { choiceOf, choose } from './choose.ts'
import { closeDoor, finishWithin } from './erase.ts'
import { exportPerson } from './export.ts'

/** How long a page waits. The job does the rest. */
const patienceMs = 1_500

export function privacyRoutes(router: ApiRouter): void {
  serve(router, getPrivacy, ({ session }, ctx) => choiceOf(ctx, session))

  serve(router, chooseTracking, async ({ body, session, request }, ctx) => {
    await choose(ctx, session, body, request.ip)
    return choiceOf(ctx, session)
  })

  serveRaw(
    router,
    exportPersonalData,
    async ({ session, request }, ctx, koa) => {
      const { corpId, identityId } = session
      const document = Readable.from(
        exportPerson(ctx, { corpId, identityId, personId: await personOfVisitor(ctx, session) }),
        { objectMode: false },
      )
      // The answer has begun. The client gets a document that ends too early.
      document.on('error', (error) =>
        ctx.log.error({ err: error, request: request.id }, 'an export broke'),
      )
      koa.type = 'application/json; charset=utf-8'
      koa.set('Content-Disposition', 'attachment; filename="chatside-personal-data.json"')
      koa.body = document
    },
    // Reading everything costs more than a page.
    { cost: 30, compress: true },
  )

  serve(router, erasePerson, async ({ session }, ctx) => {
    const erasure = await closeDoorOf(ctx, session)
    const state = (await finishWithin(ctx, erasure, patienceMs)) ? 'done' : 'pending'
    return { state } as const
  })
}

/**
 * Closes the door for what is the visitor's own. A merge may move the identity to another person
 * between the look and the lock; then it looks again.
 */
async function closeDoorOf(ctx: Context, session: VisitorSubject): Promise<string> {
  for (;;) {
    const personId = await personOfVisitor(ctx, session)
    const erasure = await closeDoor(ctx, {
      corpId: session.corpId,
      identityId: session.identityId,
      personId,
      requestedBy: 'visitor',
    })
    if (erasure !== null) return erasure
  }
}

async function personOfVisitor(ctx: Context, { identityId }: VisitorSubject): Promise<string> {
  const [own] = await ownIdentities(ctx.db, identityId)
  if (!own) fail('unauthenticated', 'Sign in again')
  return own.personId
}
