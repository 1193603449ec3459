import { listMoments } from '../../shared/contract/timeline.ts'
import { track, type TrackedEvent } from '../../shared/contract/track.ts'
import type { StoredBody } from '../materials/store.ts'
import {
  makeContact,
  makeMaterial,
  makeShare,
  makeVisitor,
  type TestContact,
  type TestVisitor,
} from './factories.ts'
import type { As, TestApp } from './test-app.ts'

export type Overrides = Partial<Extract<TrackedEvent, { kind: 'view.progress' }>>

/** How the tests of events report, and read what became of it. */
export function reporting(theApp: () => TestApp) {
  return {
    progress(shareId: string, overrides: Overrides = {}): TrackedEvent {
      const { clock, ctx } = theApp()
      return {
        id: ctx.random.id(),
        kind: 'view.progress',
        occurredAt: clock.now().toISOString(),
        visitId: ctx.random.id(),
        shareId,
        activeSeconds: 5,
        ...overrides,
      }
    },

    send(as: As, events: readonly unknown[], sentAt = theApp().clock.now().toISOString()) {
      return theApp().call(track, { body: { sentAt, events: [...events] } }, as)
    },

    async momentsOf(contact: TestContact) {
      const app = theApp()
      const { items } = await app.call(
        listMoments,
        { params: { id: contact.personId }, query: {} },
        app.member('ZhouXiaolan'),
      )
      return items
    },

    /** Makes a contact, a share that was pushed to it, and a reader who is that contact. */
    async reading(
      body?: StoredBody,
    ): Promise<{ contact: TestContact; visitor: TestVisitor; share: string }> {
      const app = theApp()
      const unionid = `oUnionTrack${app.ctx.random.token(8)}`
      const contact = await makeContact(app, { unionid })
      const visitor = await makeVisitor(app, { unionid })
      const materialId = await makeMaterial(app, { body })
      return { contact, visitor, share: await makeShare(app, { to: contact, materialId }) }
    },
  }
}
