import { sql } from 'drizzle-orm'
import type { Context } from '../../base/context.ts'
import type { Transaction } from '../../base/db/database.ts'
import type { Job } from '../../base/db/jobs.ts'
import { attach } from '../attach.ts'
import { join, type Joining, lockWithPersons, moved, settling } from '../merge/merge.ts'
import { ownGroups, type Ties, tiesOf } from '../merge/ties.ts'
import { takeOut } from '../merge/undo.ts'
import { identityById, type IdentityRow, lockPersons } from '../store.ts'
import { ask, note, noteOnce, objection } from './evidence.ts'
import { accountsOfSharedNumbers, proofsOfAccounts, proofsOfNumbers, type Proof } from './store.ts'

/**
 * A number is weak evidence: couples and companies share one, and carriers give it to somebody else
 * after months. So a number joins accounts only while all who proved it may be one human: at most
 * one account of each app, one unionid, one contact. As soon as two of them cannot be one, it joins
 * nobody, and members are asked. Which of them came first says nothing (decision 0025).
 */

/** What stronger evidence than a number makes of one human. */
interface Human {
  personId: string
  rows: readonly IdentityRow[]
}

interface Circle {
  /** Everybody who is reached from one of them through numbers. */
  humans: Human[]
  proofs: Proof[]
  tiesOf: Map<string, Ties>
}

/** More people than one human has accounts. The number is a company's, and nobody is compared. */
const mostHumans = 6
/** How many of them one newcomer is asked about. */
const mostQuestions = 5

/** Stores that an account proved an international number, and draws the conclusions. */
export async function proveNumber(
  ctx: Context,
  { corpId, identityId }: { corpId: string; identityId: string },
  value: string,
): Promise<void> {
  await settling(ctx.db, async (tx) => {
    // Two who prove one number at the same instant must see each other.
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`number ${corpId} ${value}`}, 0))`,
    )
    const known = await proofsOfAccounts(tx, [identityId])
    if (!known.some(({ number }) => number === value)) {
      const { rows } = await lockWithPersons(tx, [identityId])
      if (rows[0]) await attachNumber(ctx, tx, rows[0], value)
    }
    await weighNumbers(ctx, tx, identityId)
  })
}

/** Joins on strong evidence, and looks again at what numbers hold together beside it. */
export async function joinAndWeigh(
  ctx: Context,
  tx: Transaction,
  between: [string, string],
  by: 'unionid' | 'unionid_conversion' | 'pending_id',
): Promise<Joining> {
  const joining = await join(ctx, tx, between, by)
  if (joining === 'joined' || joining === 'same') await weighNumbers(ctx, tx, between[0])
  return joining
}

/**
 * Joins or parts everybody whom numbers connect with this identity. The outcome depends on what is
 * known, and not on the order in which it became known.
 */
export async function weighNumbers(
  ctx: Context,
  tx: Transaction,
  identityId: string,
): Promise<void> {
  const before = await circleOf(tx, identityId)
  if (before.humans.length < 2) return
  const locked = new Set(
    (await lockPersons(tx, [...new Set(before.humans.map(({ personId }) => personId))])).map(
      ({ id }) => id,
    ),
  )
  // Read once more: we may have waited for evidence that changed it.
  const circle = await circleOf(tx, identityId)
  if (circle.humans.some(({ personId }) => !locked.has(personId))) throw moved()
  const against = await objections(tx, circle)
  if (against.size === 0 && circle.humans.length <= mostHumans) await unite(ctx, tx, circle)
  else await part(ctx, tx, circle, against)
}

async function circleOf(tx: Transaction, identityId: string): Promise<Circle> {
  const circle: Circle = { humans: [], proofs: [], tiesOf: new Map() }
  const seen = new Set<string>()
  const weighed = new Set<string>()
  const queue = [identityId]
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const own = seen.has(id) ? undefined : await identityById(tx, id)
    if (!own) continue
    const ties = circle.tiesOf.get(own.personId) ?? (await tiesOf(tx, own.personId))
    circle.tiesOf.set(own.personId, ties)
    const rows = ownGroups(ties, 'numbers').with(id)
    const ids = rows.map((row) => row.id)
    for (const one of ids) seen.add(one)
    circle.humans.push({ personId: own.personId, rows })
    if (circle.humans.length > mostHumans) return circle
    const numbers = (await proofsOfAccounts(tx, ids)).map(({ number }) => number)
    const fresh = [...new Set(numbers)].filter((number) => !weighed.has(number))
    if (fresh.length === 0) continue
    for (const number of fresh) weighed.add(number)
    const proofs = await proofsOfNumbers(tx, own.corpId, fresh)
    circle.proofs.push(...proofs)
    queue.push(...proofs.map(({ account }) => account))
  }
  return circle
}

type Objection = NonNullable<Awaited<ReturnType<typeof objection>>>

function pairOf(one: Human, other: Human): string {
  return [one.rows[0]?.id ?? '', other.rows[0]?.id ?? ''].sort().join(' ')
}

async function objections(tx: Transaction, { humans }: Circle): Promise<Map<string, Objection>> {
  const found = new Map<string, Objection>()
  if (humans.length > mostHumans) return found
  for (const [index, one] of humans.entries()) {
    for (const other of humans.slice(index + 1)) {
      const against = await objection(tx, one.rows, other.rows, 'verified_phone')
      if (against) found.set(pairOf(one, other), against)
    }
  }
  return found
}

function humansById({ humans }: Circle): Map<string, Human> {
  return new Map(humans.flatMap((human) => human.rows.map(({ id }) => [id, human])))
}

/** Yields each two accounts of different humans that proved the same number. */
function* connections(circle: Circle): Generator<{
  pair: [string, string]
  between: [Human, Human]
}> {
  const humanOf = humansById(circle)
  const { proofs } = circle
  for (const [index, one] of proofs.entries()) {
    for (const other of proofs.slice(index + 1)) {
      const [left, right] = [humanOf.get(one.account), humanOf.get(other.account)]
      if (one.number !== other.number || !left || !right || left === right) continue
      yield { pair: [one.account, other.account], between: [left, right] }
    }
  }
}

async function unite(ctx: Context, tx: Transaction, circle: Circle): Promise<void> {
  for (const { pair } of connections(circle)) {
    const [one, other] = await Promise.all(pair.map((id) => identityById(tx, id)))
    if (!one || !other) continue
    if (one.personId !== other.personId) {
      await join(ctx, tx, pair, 'verified_phone')
      continue
    }
    // A member has joined them before. Now it is also their own evidence.
    const own = ownGroups(await tiesOf(tx, one.personId)).with(one.id)
    if (!own.some(({ id }) => id === other.id))
      await note(ctx, tx, { corpId: one.corpId, pair, kind: 'verified_phone' }, 'same')
  }
}

async function part(
  ctx: Context,
  tx: Transaction,
  circle: Circle,
  against: ReadonlyMap<string, Objection>,
): Promise<void> {
  await keepOwnNumbers(ctx, tx, circle)
  const humanOf = humansById(circle)
  // Stronger evidence may have come later, and then the two are one human anyway.
  const isBetween = ([one, other]: readonly [string, string]) => {
    const [left, right] = [humanOf.get(one), humanOf.get(other)]
    return left !== undefined && right !== undefined && left !== right
  }
  for (const [personId, { merges, repeated }] of circle.tiesOf) {
    const byNumber = merges.filter(
      ({ evidence }) => evidence.by === 'verified_phone' && isBetween(evidence.between),
    )
    if (byNumber.length > 0) await takeOut(ctx, tx, personId, byNumber, 'withdrawn')
    const corpId = circle.humans[0]?.rows[0]?.corpId ?? ''
    for (const { pair, kind } of repeated)
      if (kind === 'verified_phone' && isBetween(pair))
        await note(ctx, tx, { corpId, pair, kind }, 'withdrawn')
  }
  await askAbout(ctx, tx, circle, against)
}

async function askAbout(
  ctx: Context,
  tx: Transaction,
  circle: Circle,
  against: ReadonlyMap<string, Objection>,
): Promise<void> {
  const isCrowd = circle.humans.length > mostHumans
  const asked = new Set<string>()
  for (const { pair, between } of connections(circle)) {
    // Of a crowd, only the one who came now is asked about.
    if (isCrowd && !between.includes(circle.humans[0] as Human)) continue
    if (isCrowd && asked.size >= mostQuestions) return
    if (asked.has(pairOf(...between))) continue
    asked.add(pairOf(...between))
    const [one, other] = await Promise.all(pair.map((id) => identityById(tx, id)))
    if (!one || !other || one.personId === other.personId) continue
    const spoken = { corpId: one.corpId, pair, kind: 'verified_phone' as const }
    const reason = against.get(pairOf(...between)) ?? 'two_accounts'
    if (reason === 'different') await noteOnce(ctx, tx, spoken, 'apart')
    else await ask(ctx, tx, spoken, reason)
  }
}

/** In old data, the second account that proved a number has no row of it. */
async function keepOwnNumbers(ctx: Context, tx: Transaction, circle: Circle): Promise<void> {
  for (const { account, number } of circle.proofs) {
    const human = circle.humans.find(({ rows }) => rows.some(({ id }) => id === account))
    if (!human || human.rows.some(({ kind, value }) => kind === 'phone' && value === number))
      continue
    const own = await identityById(tx, account)
    if (own) await attachNumber(ctx, tx, own, number)
  }
}

async function attachNumber(
  ctx: Context,
  tx: Transaction,
  account: IdentityRow,
  value: string,
): Promise<void> {
  const key = { corpId: account.corpId, kind: 'phone', scope: account.id, value } as const
  await attach(ctx, tx, account, key, 'verified_phone')
}

/**
 * Weighs every number that two accounts proved. It parts what earlier versions joined on a number
 * alone, and asks about it. It also finds what an undo or an erasure has changed.
 */
export const sharedNumbers: Job = {
  name: 'shared-numbers',
  everyMs: 6 * 60 * 60_000,
  async run(ctx) {
    for (const account of await accountsOfSharedNumbers(ctx.adHoc)) {
      if (ctx.closing.aborted) return
      await settling(ctx.db, (tx) => weighNumbers(ctx, tx, account))
    }
  },
}
