import fc from 'fast-check'
import { eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listMoments } from '../../../shared/contract/timeline.ts'
import { track } from '../../../shared/contract/track.ts'
import {
  makeContact,
  makeShare,
  makeVisitor,
  type TestContact,
  type TestVisitor,
} from '../../testing/factories.ts'
import { makeTwoTestApps, type TestApp } from '../../testing/test-app.ts'
import { personOf, undoMerge, visitorSeen } from '../index.ts'
import { holderOf, join, settling } from './merge.ts'
import { identities, merges, persons } from '../tables.ts'

let app: TestApp
/** A second server process on the same database. */
let beside: TestApp

beforeAll(async () => {
  ;[app, beside] = await makeTwoTestApps({ platformTimeoutMs: 200 })
})
afterAll(() => app.stop())

type Party = TestContact | TestVisitor

/** Returns the merge, or undefined when they were one person already. */
async function joinByHand(one: Party, other: Party, on = app): Promise<string | undefined> {
  app.clock.advance(10)
  await settling(on.db, (tx) => join(on.ctx, tx, [one.identityId, other.identityId], 'by_hand'))
  const rows = await app.db.select().from(merges)
  return rows
    .filter(({ evidence, undoneAt }) => {
      const { between } = evidence as { between: string[] }
      return (
        undoneAt === null && between.includes(one.identityId) && between.includes(other.identityId)
      )
    })
    .at(-1)?.id
}

function undo(mergeId: string, on = app) {
  app.clock.advance(10)
  return undoMerge(on.ctx, { corpId: app.corpId, mergeId })
}

async function read(visitor: TestVisitor): Promise<string> {
  const visitId = app.ctx.random.id()
  const [id, shareId, occurredAt] = [
    app.ctx.random.id(),
    await makeShare(app),
    app.clock.now().toISOString(),
  ]
  const events = [
    { id, kind: 'view.progress' as const, occurredAt, visitId, shareId, activeSeconds: 5 },
  ]
  const { refused } = await app.call(track, { body: { sentAt: occurredAt, events } }, visitor.as)
  expect(refused).toEqual([])
  return visitId
}

async function timeline(personId: string) {
  const { items } = await app.call(
    listMoments,
    { params: { id: personId }, query: { limit: '100' } },
    app.member('ZhouXiaolan'),
  )
  // A reader leaves while the test goes on.
  return items.map((moment) => ({ ...moment, view: null }))
}

async function heldBy(parties: readonly Party[]) {
  const rows = await app.db
    .select()
    .from(identities)
    .where(
      inArray(
        identities.id,
        parties.map(({ identityId }) => identityId),
      ),
    )
  return new Map(
    rows.map(({ id, personId, joinedBy, joinedAt }) => [
      id,
      { personId, joinedBy, joinedAt: joinedAt.getTime() },
    ]),
  )
}

async function txidOf(personId: string): Promise<bigint> {
  const [row] = await app.db
    .select({ txid: persons.txid })
    .from(persons)
    .where(eq(persons.id, personId))
  return BigInt(row?.txid ?? 0)
}

/** Four visitors and two contacts, with joins and undos of any of them. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ act: fc.constant('join' as const), one: fc.nat(5), other: fc.nat(5) }),
    },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('undo' as const), which: fc.nat(9) }) },
  ),
  { minLength: 2, maxLength: 12 },
)

interface Joined {
  id: string
  one: Party
  other: Party
  at: number
}

/**
 * Works the result out the plain way. Every identity starts alone, the remaining joins are made one
 * after the other, and the better-known person keeps its id.
 */
function onPaper(
  parties: readonly { party: Party; createdAt: number }[],
  joins: readonly Joined[],
) {
  const isContact = (party: Party) => 'externalUserId' in party
  const better = [...parties].sort(
    (a, b) =>
      Number(isContact(b.party)) - Number(isContact(a.party)) ||
      a.createdAt - b.createdAt ||
      (a.party.personId < b.party.personId ? -1 : 1),
  )
  const place = new Map(
    parties.map(({ party, createdAt }) => [
      party.identityId,
      { personId: party.personId, joinedBy: 'first_seen', joinedAt: createdAt },
    ]),
  )
  for (const { one, other, at } of joins) {
    const names = [place.get(one.identityId)?.personId, place.get(other.identityId)?.personId]
    const name = better.find(({ party }) => names.includes(party.personId))?.party.personId ?? ''
    for (const [identityId, held] of place) {
      if (!names.includes(held.personId) || held.personId === name) continue
      place.set(identityId, { personId: name, joinedBy: 'by_hand', joinedAt: at })
    }
  }
  return place
}

describe('an undo', () => {
  test('after any joins and undos, everybody is where the joins that hold would have put them', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (acts) => {
        const parties: Party[] = []
        for (const make of [
          makeVisitor,
          makeContact,
          makeVisitor,
          makeVisitor,
          makeContact,
          makeVisitor,
        ]) {
          app.clock.advance(10)
          parties.push(await make(app))
        }
        const before = await heldBy(parties)
        const known = parties.map((party) => ({
          party,
          createdAt: before.get(party.identityId)?.joinedAt ?? 0,
        }))
        let holding: Joined[] = []
        for (const step of acts) {
          if (step.act === 'join') {
            const [one, other] = [parties[step.one], parties[step.other]]
            if (!one || !other || one === other) continue
            const people = await heldBy([one, other])
            if (people.get(one.identityId)?.personId === people.get(other.identityId)?.personId)
              continue
            const id = (await joinByHand(one, other)) ?? ''
            const [row] = await app.db.select().from(merges).where(eq(merges.id, id))
            holding.push({ id, one, other, at: row?.createdAt.getTime() ?? 0 })
          } else {
            const taken = holding[step.which % Math.max(holding.length, 1)]
            if (!taken) continue
            await undo(taken.id)
            holding = holding.filter((one) => one !== taken)
          }
          expect(await heldBy(parties)).toEqual(onPaper(known, holding))
        }
        // An old address leads to the present holder of its first identity.
        const now = await heldBy(parties)
        for (const { identityId, personId } of parties)
          expect(await holderOf(app.db, personId)).toBe(now.get(identityId)?.personId)
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  test('right after a merge leaves both timelines and all labels exactly as they were', async () => {
    const uid = `oUnionExact${app.ctx.random.token(8)}`
    const contact = await makeContact(app, { unionid: uid })
    const [visitor, fan] = [await makeVisitor(app), await makeVisitor(app)]
    await read(fan)
    await joinByHand(contact, fan)
    await read(visitor)
    const before = {
      people: await heldBy([contact, visitor, fan]),
      shown: await timeline(contact.personId),
    }
    expect(before.shown.map(({ kind }) => kind).sort()).toEqual(['contact.joined', 'material.view'])
    const mergeId = (await joinByHand(contact, visitor)) ?? ''
    expect(await timeline(contact.personId)).toHaveLength(4)
    await undo(mergeId)
    expect({
      people: await heldBy([contact, visitor, fan]),
      shown: await timeline(contact.personId),
    }).toEqual(before)
  })

  test('leaves with each side what that side itself has brought since', async () => {
    const contact = await makeContact(app)
    const visitor = await makeVisitor(app)
    const mergeId = (await joinByHand(contact, visitor)) ?? ''
    const uid = `oUnionBrought${app.ctx.random.token(8)}`
    await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId: 'wx5e1f8c27d90b643a',
      openid: visitor.openid,
      unionid: uid,
    })
    await undo(mergeId)
    const fan = await makeVisitor(app, { unionid: uid })
    expect(fan.personId).toBe(visitor.personId)
    expect(fan.personId).not.toBe(contact.personId)
  })

  test('of an earlier merge takes the story of a later one along to whom it is about', async () => {
    const contact = await makeContact(app)
    const [first, second] = [await makeVisitor(app), await makeVisitor(app)]
    const seen = await read(first)
    await read(second)
    const between = (await joinByHand(first, second)) ?? ''
    await joinByHand(second, contact)
    expect(await timeline(contact.personId)).toMatchObject([
      { kind: 'contact.joined' },
      {},
      { id: seen },
    ])
    await undo(between)
    // The first visitor belongs to no contact again. The timeline still tells that the second one
    // was joined, and names the second one.
    const shown = await timeline(contact.personId)
    expect(shown.map(({ kind, identity }) => [kind, identity.id])).toEqual([
      ['contact.joined', second.identityId],
      ['material.view', second.identityId],
    ])
  })
})

describe('several at once', () => {
  test('two processes that join the same two people make one merge', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [contact, visitor] = [await makeContact(app), await makeVisitor(app)]
      const joins = [app, beside, app, beside].map((on) =>
        settling(on.db, (tx) =>
          join(on.ctx, tx, [contact.identityId, visitor.identityId], 'by_hand'),
        ),
      )
      expect((await Promise.all(joins)).sort()).toEqual(['joined', 'same', 'same', 'same'])
      expect(
        await app.db.select().from(merges).where(eq(merges.keptPersonId, contact.personId)),
      ).toHaveLength(1)
    }
  })

  test('undos of two merges of one person, and a third merge meanwhile, end as one after the other', async () => {
    for (let round = 0; round < 6; round += 1) {
      const parties = [
        await makeContact(app),
        await makeVisitor(app),
        await makeVisitor(app),
        await makeVisitor(app),
      ] as const
      const [contact, one, other, late] = parties
      const first = (await joinByHand(contact, one)) ?? ''
      const second = (await joinByHand(one, other)) ?? ''
      await Promise.all([
        undo(first),
        undo(second, beside),
        settling(app.db, (tx) => join(app.ctx, tx, [other.identityId, late.identityId], 'by_hand')),
      ])
      const held = await heldBy(parties)
      const personOfParty = (party: Party) => held.get(party.identityId)?.personId
      expect(personOfParty(contact)).toBe(contact.personId)
      expect(personOfParty(one)).toBe(one.personId)
      expect(personOfParty(late)).toBe(personOfParty(other))
    }
  })

  test('what a visitor reads while it is joined and parted is all there', async () => {
    const [contact, visitor] = [await makeContact(app), await makeVisitor(app)]
    const reading = Promise.all(Array.from({ length: 20 }, () => read(visitor)))
    for (let round = 0; round < 3; round += 1)
      await undo((await joinByHand(contact, visitor)) ?? '')
    const visits = await reading
    expect(await timeline(contact.personId)).toEqual([])
    await joinByHand(contact, visitor)
    const shown = await timeline(contact.personId)
    expect(
      shown
        .filter(({ kind }) => kind === 'material.view')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(visits.sort())
    expect(shown.filter(({ kind }) => kind === 'contact.joined')).toHaveLength(1)
  })
})

test('a merge and its undo mark both persons, so that whoever looked before looks again', async () => {
  const [contact, visitor] = [await makeContact(app), await makeVisitor(app)]
  const marks = () => Promise.all([contact, visitor].map(({ personId }) => txidOf(personId)))
  const [before, joined, undone] = [await marks(), [] as bigint[], [] as bigint[]]
  const mergeId = (await joinByHand(contact, visitor)) ?? ''
  joined.push(...(await marks()))
  await undo(mergeId)
  undone.push(...(await marks()))
  for (const index of [0, 1]) {
    expect(joined[index]).toBeGreaterThan(before[index] ?? 0n)
    expect(undone[index]).toBeGreaterThan(joined[index] ?? 0n)
  }
  expect(await personOf(app.ctx, visitor.identityId)).toBe(visitor.personId)
})
