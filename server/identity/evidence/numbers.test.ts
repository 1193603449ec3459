import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { transact } from '../../base/db/database.ts'
import { once } from '../../base/db/jobs.ts'
import { makeContact } from '../../testing/factories.ts'
import { makeTwoTestApps, type TestApp } from '../../testing/test-app.ts'
import { attach } from '../attach.ts'
import { contactSeen, personOf, type Seen, undoMerge, visitorSeen } from '../index.ts'
import { join, settling } from '../merge/merge.ts'
import { ownIdentities } from '../merge/ties.ts'
import { identityById } from '../store.ts'
import { identities, identityEvidence, identityQuestions, merges } from '../tables.ts'
import { note } from './evidence.ts'
import { proveNumber, sharedNumbers } from './numbers.ts'

let app: TestApp
/** A second server process on the same database. */
let beside: TestApp
beforeAll(async () => {
  ;[app, beside] = await makeTwoTestApps({ platformTimeoutMs: 200 })
})
afterAll(() => app.stop())

const [appA, appB, appC] = ['wxappA00000000000', 'wxappB00000000000', 'wxappC00000000000']
let made = 0
function serial(): string {
  made += 1
  return String(made).padStart(6, '0')
}
function aNumber(): string {
  return `86138${serial()}00`
}
function visit(appId: string, openid = `o${appId}${serial()}`, unionid?: string): Promise<Seen> {
  return visitorSeen(app.ctx, { corpId: app.corpId, appId, openid, unionid })
}
function prove({ identityId }: Seen, number: string, on = app): Promise<void> {
  return proveNumber(on.ctx, { corpId: app.corpId, identityId }, number)
}
async function areOne(one: Seen, other: Seen): Promise<boolean> {
  const [left, right] = await Promise.all(
    [one, other].map(({ identityId }) => personOf(app.ctx, identityId)),
  )
  const own = (await ownIdentities(app.db, one.identityId)).map(({ id }) => id)
  // With no member involved, what members see as one is what the customer has as one.
  expect(own.includes(other.identityId)).toBe(left === right)
  return left === right
}
async function questionsBetween(...people: Seen[]): Promise<string[]> {
  const ids = people.map(({ identityId }) => identityId)
  const rows = await app.db.select().from(identityQuestions)
  return rows
    .filter((row) => ids.includes(row.oneIdentityId) && ids.includes(row.otherIdentityId))
    .map(({ reason }) => reason)
}
async function phonesOf({ identityId }: Seen): Promise<string[]> {
  const own = await ownIdentities(app.db, identityId)
  return own.filter(({ kind }) => kind === 'phone').map(({ value }) => value)
}

describe('two accounts of one app that prove the same number', () => {
  test('stay two people, and it is asked whether they are one', async () => {
    const [one, other, number] = [await visit(appA), await visit(appA), aNumber()]
    await prove(one, number)
    await prove(other, number)
    expect(await areOne(one, other)).toBe(false)
    expect(await questionsBetween(one, other)).toEqual(['two_accounts'])
    // Each has the number, so each finds it in the export, and each erases its own.
    expect([await phonesOf(one), await phonesOf(other)]).toEqual([[number], [number]])
  })

  test('also at the same instant, on two servers', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, other, number] = [await visit(appA), await visit(appA), aNumber()]
      await Promise.all([prove(one, number), prove(other, number, beside)])
      expect(await areOne(one, other)).toBe(false)
      expect(await questionsBetween(one, other)).toEqual(['two_accounts'])
    }
  })

  test('part the account of another app that the number had joined to one of them', async () => {
    const [one, elsewhere, number] = [await visit(appA), await visit(appB), aNumber()]
    await prove(one, number)
    await prove(elsewhere, number)
    expect(await areOne(one, elsewhere)).toBe(true)
    const newOwner = await visit(appA)
    await prove(newOwner, number)
    expect(await areOne(one, newOwner)).toBe(false)
    expect(await areOne(one, elsewhere)).toBe(false)
    expect(await areOne(newOwner, elsewhere)).toBe(false)
    expect(await questionsBetween(one, elsewhere, newOwner)).toHaveLength(3)
  })

  test('are asked about once, however often they prove it', async () => {
    const [one, other, number] = [await visit(appA), await visit(appA), aNumber()]
    for (let times = 0; times < 3; times += 1)
      for (const who of [one, other]) await prove(who, number)
    expect(await questionsBetween(one, other)).toHaveLength(1)
    const ids = [one.identityId, other.identityId]
    const log = await app.db.select().from(identityEvidence)
    const about = log.filter(
      (row) => ids.includes(row.oneIdentityId) || ids.includes(row.otherIdentityId),
    )
    expect(about.map(({ outcome }) => outcome).sort()).toEqual(['asked', 'joined', 'joined'])
  })

  test('with one account each of three apps beside them: the number joins none of the five', async () => {
    const people = [
      await visit(appA),
      await visit(appB),
      await visit(appC),
      await visit(appA),
      await visit('wxappD00000000000'),
    ]
    const number = aNumber()
    for (const who of people) await prove(who, number)
    for (const [index, one] of people.entries())
      for (const other of people.slice(index + 1)) expect(await areOne(one, other)).toBe(false)
  })

  test('a company’s number that many prove joins nobody and asks about few', async () => {
    const number = aNumber()
    const people: Seen[] = []
    for (let count = 0; count < 16; count += 1) people.push(await visit(`wxapp${count}000000000`))
    for (const who of people) await prove(who, number)
    const held = await Promise.all(people.map(({ identityId }) => personOf(app.ctx, identityId)))
    expect(new Set(held).size).toBe(16)
    expect((await questionsBetween(...people)).length).toBeLessThan(16 * 6)
  })
})

describe('one account each of different apps', () => {
  test('are one human by a number, in three apps too', async () => {
    const people = [await visit(appA), await visit(appB), await visit(appC)] as const
    const number = aNumber()
    for (const who of people) await prove(who, number)
    expect(await areOne(people[0], people[1])).toBe(true)
    expect(await areOne(people[1], people[2])).toBe(true)
  })

  test('are parted when their unionids turn out to be two', async () => {
    const [idA, idB] = [`oA${serial()}`, `oB${serial()}`]
    const [one, other, number] = [await visit(appA, idA), await visit(appB, idB), aNumber()]
    await prove(one, number)
    await prove(other, number)
    await visit(appA, idA, `oUnion${serial()}`)
    expect(await areOne(one, other)).toBe(true)
    await visit(appB, idB, `oUnion${serial()}`)
    expect(await areOne(one, other)).toBe(false)
    expect(await questionsBetween(one, other)).toEqual(['two_unionids'])
  })

  test('stay one by their unionid when a stranger proves their number', async () => {
    const [idB, unionid, number] = [`oB${serial()}`, `oUnion${serial()}`, aNumber()]
    const [one, other] = [await visit(appA, undefined, unionid), await visit(appB, idB)]
    await prove(one, number)
    await prove(other, number)
    // The proof of the unionid comes when they are one already.
    await visit(appB, idB, unionid)
    const stranger = await visit(appA)
    await prove(stranger, number)
    expect(await areOne(one, other)).toBe(true)
    expect(await areOne(one, stranger)).toBe(false)
  })

  test('are not joined again after a member has parted them', async () => {
    const [one, other, number] = [await visit(appA), await visit(appB), aNumber()]
    await prove(one, number)
    await prove(other, number)
    const merge = (await app.db.select().from(merges)).find(({ evidence }) =>
      JSON.stringify(evidence).includes(other.identityId),
    )
    await undoMerge(app.ctx, { corpId: app.corpId, mergeId: merge?.id ?? '' })
    await prove(other, number)
    await once(app.ctx, sharedNumbers)
    expect(await areOne(one, other)).toBe(false)
    expect(await questionsBetween(one, other)).toEqual(['parted'])
  })
})

describe('what an earlier version joined on a number alone', () => {
  test('is parted by the job and asked about; one account each of two apps stay one', async () => {
    const number = aNumber()
    const contact = await makeContact(app)
    const [one, other] = [await visit(appA), await visit(appA)]
    const [first, second, theirs] = [await visit(appA), await visit(appB), aNumber()]
    // As it was written: one row of the number, with its first owner, and merges with that row.
    for (const [owner, later, value] of [
      [one, other, number],
      [first, second, theirs],
    ] as const) {
      await transact(app.db, async (tx) => {
        const account = await identityById(tx, owner.identityId)
        if (!account) throw new Error('gone')
        const key = { corpId: app.corpId, kind: 'phone', scope: '', value } as const
        await attach(app.ctx, tx, account, key, 'verified_phone')
      })
      const hub = (await app.db.select().from(identities)).find((row) => row.value === value)
      app.clock.advance(5)
      await settling(app.db, (tx) => oldJoin(tx, [later.identityId, hub?.id ?? ''], owner, later))
    }
    await settling(app.db, (tx) =>
      join(app.ctx, tx, [contact.identityId, one.identityId], 'unionid'),
    )
    expect(await personOf(app.ctx, other.identityId)).toBe(contact.personId)
    await once(app.ctx, sharedNumbers)
    expect(await personOf(app.ctx, one.identityId)).toBe(contact.personId)
    expect(await areOne(one, other)).toBe(false)
    expect(await questionsBetween(one, other)).toEqual(['two_accounts'])
    expect(await phonesOf(other)).toEqual([number])
    expect(await areOne(first, second)).toBe(true)
    const before = await app.db.$count(identityEvidence)
    await once(app.ctx, sharedNumbers)
    expect(await app.db.$count(identityEvidence)).toBe(before)
  })

  /** The earlier rule: the same number is enough. */
  async function oldJoin(
    tx: Parameters<Parameters<typeof settling>[1]>[0],
    between: [string, string],
    owner: Seen,
    later: Seen,
  ): Promise<void> {
    await tx
      .update(identities)
      .set({ personId: owner.personId, joinedBy: 'verified_phone' })
      .where(eq(identities.id, later.identityId))
    const merge = { id: app.ctx.random.id(), corpId: app.corpId }
    await tx.insert(merges).values({
      ...merge,
      keptPersonId: owner.personId,
      mergedPersonId: later.personId,
      identityIds: [later.identityId],
      evidence: { by: 'verified_phone', between },
      createdAt: app.clock.now(),
    })
    const spoken = { corpId: app.corpId, pair: between, kind: 'verified_phone' as const }
    await note(app.ctx, tx, spoken, 'joined', { mergeId: merge.id })
  }
})

/** What may become known about four accounts and a contact, in any order. */
type Fact =
  | { what: 'number'; who: number; number: number }
  | { what: 'unionid'; who: number; unionid: number }
  | { what: 'contact'; unionid: number }

const accounts = [appA, appA, appB, appB, appC]
const facts = fc
  .uniqueArray(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          what: fc.constant('number' as const),
          who: fc.nat(accounts.length - 1),
          number: fc.nat(1),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          what: fc.constant('unionid' as const),
          who: fc.nat(accounts.length - 1),
          unionid: fc.nat(2),
        }),
      },
      fc.record({ what: fc.constant('contact' as const), unionid: fc.nat(2) }),
    ),
    // An account has one unionid, and an app has one account of each unionid.
    {
      selector: (fact: Fact) =>
        fact.what === 'unionid'
          ? `unionid of ${fact.who}`
          : fact.what === 'contact'
            ? `contact ${fact.unionid}`
            : `number ${fact.who} ${fact.number}`,
      minLength: 3,
      maxLength: 9,
    },
  )
  .filter((all) => {
    const used = all.flatMap((fact) =>
      fact.what === 'unionid' ? `${accounts[fact.who]} ${fact.unionid}` : [],
    )
    return new Set(used).size === used.length
  })

test('whatever proves whom first, the same facts end with the same people', async () => {
  async function endOf(all: readonly Fact[]): Promise<string[]> {
    const round = serial()
    const openids = accounts.map((_, index) => `o${round}x${index}`)
    const people = await Promise.all(accounts.map((appId, index) => visit(appId, openids[index])))
    const contacts = new Map<number, Seen>()
    for (const fact of all) {
      app.clock.advance(5)
      if (fact.what === 'number')
        await prove(people[fact.who] as Seen, `8613${round}00${fact.number}`)
      else if (fact.what === 'unionid')
        await visit(
          accounts[fact.who] as string,
          openids[fact.who],
          `oUnion${round}x${fact.unionid}`,
        )
      else
        contacts.set(
          fact.unionid,
          await contactSeen(app.ctx, {
            corpId: app.corpId,
            externalUserId: `wmNumbers${round}x${fact.unionid}`,
            unionid: `oUnion${round}x${fact.unionid}`,
          }),
        )
    }
    const parties = [
      ...people.map((who, index) => [`account ${index}`, who] as const),
      ...[...contacts].map(([unionid, who]) => [`contact ${unionid}`, who] as const),
    ]
    const names = new Map<string, string[]>()
    for (const [name, { identityId }] of parties) {
      const personId = await personOf(app.ctx, identityId)
      names.set(personId, [...(names.get(personId) ?? []), name])
      const own = (await ownIdentities(app.db, identityId)).map(({ id }) => id)
      const together = await app.db
        .select()
        .from(identities)
        .where(eq(identities.personId, personId))
      expect(own.sort()).toEqual(together.map(({ id }) => id).sort())
    }
    return [...names.values()].map((group) => group.sort().join(', ')).sort()
  }
  await fc.assert(
    fc.asyncProperty(
      facts.chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        ),
      ),
      async ([one, other]) => {
        expect(await endOf(other)).toEqual(await endOf(one))
      },
    ),
    { numRuns: 25 },
  )
}, 120_000)
