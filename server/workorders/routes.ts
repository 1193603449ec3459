import {
  cancelWorkorder,
  getWorkorder,
  listWorkorders,
  submitWorkorder,
} from '../../shared/contract/workorders.ts'
import type { Context } from '../base/context.ts'
import { readCursor, TimePosition, writeCursor } from '../base/db/cursor.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { fail } from '../base/problem.ts'
import { serve } from '../base/http/serve.ts'
import type { Subject } from '../base/http/session/sessions.ts'
import { ownIdentities } from '../identity/index.ts'
import { mayRead } from '../persons/index.ts'
import { readableWorkorder } from './access.ts'
import { cancel } from './cancel.ts'
import { presentSummary, presentWorkorder } from './present.ts'
import { findWorkorders } from './store.ts'
import { submit } from './submit.ts'
import { expectVisitor } from '../base/http/session/visitors.ts'

export function workorderRoutes(router: ApiRouter): void {
  serve(router, submitWorkorder, async ({ body, session, idempotencyKey }, ctx) =>
    show(ctx, session, await submit(ctx, session, body, idempotencyKey)),
  )

  serve(
    router,
    listWorkorders,
    async ({ query, session }, ctx) => {
      const { person, status, limit } = query
      const before = query.before === undefined ? undefined : readCursor(TimePosition, query.before)
      const identityIds = await identitiesToList(ctx, session, person)
      const rows = await findWorkorders(ctx.db, { identityIds, status, before, limit: limit + 1 })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.map(presentSummary),
        next:
          rows.length > limit && last ? writeCursor([last.createdAt.toISOString(), last.id]) : null,
      }
    },
    { compress: true },
  )

  serve(router, getWorkorder, ({ params, session }, ctx) => show(ctx, session, params.id))

  serve(router, cancelWorkorder, async ({ params, body, session }, ctx) => {
    await cancel(ctx, session, params.id, body.reason)
    return show(ctx, session, params.id)
  })
}

async function show(ctx: Context, session: Subject, id: string) {
  return presentWorkorder(ctx, session, await readableWorkorder(ctx, session, id))
}

/**
 * Returns the identities whose orders are listed. A visitor gets its own, whatever it asks for and
 * whatever members joined it with (an order of the mini program is also theirs on the web). A
 * member gets those that it may read of a person.
 */
async function identitiesToList(
  ctx: Context,
  session: Subject,
  person: string | undefined,
): Promise<string[]> {
  if (session.kind === 'visitor') {
    await expectVisitor(ctx, session.identityId)
    return (await ownIdentities(ctx.db, session.identityId)).map(({ id }) => id)
  }
  if (person === undefined)
    fail('invalid_request', 'person: must be given by a member', {
      errors: [{ field: 'person', message: 'must be given by a member' }],
    })
  return (await mayRead(ctx, { ...session, personId: person })).identityIds
}
