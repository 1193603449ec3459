import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { forwardShare } from '../../shared/contract/materials.ts'
import { forwardTree } from '../../shared/contract/statistics.ts'
import { listMoments } from '../../shared/contract/timeline.ts'
import { contacts } from '../contacts/tables.ts'
import { openEventStream, type TestStream } from '../testing/event-stream.ts'
import { makeShare, makeVisitor, openedBy, type TestContact } from '../testing/factories.ts'
import { aCustomer, textOf } from '../testing/persons/customers.ts'
import { readShare } from '../testing/persons/whole-person.ts'
import { type As, makeTestApp, type TestApp } from '../testing/test-app.ts'

/**
 * Two customers of two reps, and a colleague who follows both. What a member says about the two
 * changes what that member sees. It shows nothing to anybody else, least of all to the customers.
 */
let app: TestApp
let ofOne: As
let ofBoth: As
const streams: TestStream[] = []

beforeAll(async () => {
  app = await makeTestApp({ platformTimeoutMs: 200 })
  ofOne = app.member('ZhouXiaolan')
  ofBoth = app.member('LuWei')
})
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close()
})
afterAll(() => app.stop())

async function openStream({ personId }: TestContact, as: As): Promise<TestStream> {
  const stream = await openEventStream(app, `/api/persons/${personId}/moments/live`, as)
  streams.push(stream)
  return stream
}
describe('names on other pages', () => {
  test('a moment under a push to somebody else names the receiver only to who follows them', async () => {
    const [own, theirs] = [
      await aCustomer(app, ['ZhouXiaolan', 'LuWei']),
      await aCustomer(app, ['HanXue', 'LuWei']),
    ]
    const stream = await openStream(own.contact, ofOne)
    const visit = await readShare(app, own.visitor.as, theirs.share)
    const shown = async (as: As) => {
      const params = { id: own.contact.personId }
      const { items } = await app.call(listMoments, { params, query: {} }, as)
      return items.find(({ id }) => id === visit)?.share?.contactName
    }
    expect(await shown(ofOne)).toBeNull()
    expect(await shown(ofBoth)).toBe(theirs.contact.name)
    await expect.poll(() => textOf(stream)).toContain(visit)
    expect(textOf(stream)).not.toContain(theirs.contact.name)
    // A list of followers that is a day old names nobody any more.
    const minute = 60_000
    for (const [age, name] of [
      [24 * 60 * minute - minute, theirs.contact.name],
      [24 * 60 * minute + minute, null],
    ] as const) {
      await app.db
        .update(contacts)
        .set({ fetchedAt: new Date(app.clock.now().getTime() - age) })
        .where(eq(contacts.externalUserId, theirs.contact.externalUserId))
      expect(await shown(ofBoth)).toBe(name)
    }
  })

  test('the tree of forwards names a forwarder only to who follows all of that person’s contacts', async () => {
    const [own, theirs] = [
      await aCustomer(app, ['ZhouXiaolan', 'LuWei']),
      await aCustomer(app, ['HanXue', 'LuWei']),
    ]
    const share = await makeShare(app, { memberUserId: 'ZhouXiaolan' })
    const also = await makeShare(app, { memberUserId: 'LuWei' })
    for (const parent of [share, also]) {
      for (const { visitor } of [own, theirs]) {
        const id = openedBy(app, visitor, parent).forwardId
        await app.call(forwardShare, { params: { id: parent }, body: { id } }, visitor.as)
        await readShare(app, (await makeVisitor(app)).as, id)
      }
    }
    const by = async (id: string, as: As) =>
      (await app.call(forwardTree, { params: { id } }, as)).items.map((item) => item.by)
    const [, mine, strange] = await by(share, app.member('ZhouXiaolan'))
    expect(mine).toBe(own.contact.name)
    expect(strange).toMatch(/…/)
    expect(await by(also, app.member('LuWei'))).toEqual([
      null,
      own.contact.name,
      theirs.contact.name,
    ])
  })
})
