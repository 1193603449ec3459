import type { QuestionKind, QuestionReason } from '../../../shared/contract/identity.ts'
import type { Context } from '../../base/context.ts'
import type { Transaction } from '../../base/db/database.ts'
import {
  areDifferent,
  haveBeenUndone,
  insertEvidence,
  insertQuestion,
  outcomesOf,
  questionByPair,
  type EvidenceKind,
  type EvidenceRow,
  type Outcome,
  type Pair,
} from './store.ts'
import type { IdentityRow } from '../store.ts'

export interface Spoken {
  corpId: string
  pair: Pair
  kind: EvidenceKind
}

/** Writes into the log what came of a piece of evidence. */
export async function note(
  ctx: Context,
  tx: Transaction,
  spoken: Spoken,
  outcome: Outcome,
  detail: EvidenceRow['detail'] = {},
): Promise<void> {
  await insertEvidence(tx, { id: ctx.random.id(), ...spoken, outcome, detail, at: ctx.clock.now() })
}

/** The same, but evidence that comes back with every visit is written down once. */
export async function noteOnce(
  ctx: Context,
  tx: Transaction,
  spoken: Spoken,
  outcome: 'same' | 'asked' | 'apart',
): Promise<void> {
  const known = await outcomesOf(tx, spoken.pair, spoken.kind)
  // What joined two says already that they are the same.
  if (known.has(outcome) || (outcome === 'same' && known.has('joined'))) return
  await note(ctx, tx, spoken, outcome)
}

const clashes = { unionid: 'two_unionids', external_userid: 'two_contacts' } as const

/**
 * What one human does not have twice: a unionid of one open-platform account, an external_userid of
 * one corp. Two persons contradict each other when both have some and none in common; a person whom
 * somebody joined by hand with two unionids does not contradict itself.
 */
export function contradiction(
  left: readonly Pick<IdentityRow, 'kind' | 'scope' | 'value'>[],
  right: readonly Pick<IdentityRow, 'kind' | 'scope' | 'value'>[],
): Exclude<QuestionReason, 'parted' | 'noted'> | undefined {
  for (const { kind, scope } of left) {
    if (kind !== 'unionid' && kind !== 'external_userid') continue
    const valuesOf = (rows: typeof left) =>
      rows.filter((row) => row.kind === kind && row.scope === scope).map(({ value }) => value)
    const theirs = valuesOf(right)
    if (theirs.length > 0 && !valuesOf(left).some((value) => theirs.includes(value)))
      return clashes[kind]
  }
  return undefined
}

/**
 * Why evidence alone does not join two persons; `different`: somebody has decided, and is not asked
 * again.
 */
export async function objection(
  tx: Transaction,
  left: readonly IdentityRow[],
  right: readonly IdentityRow[],
): Promise<Exclude<QuestionReason, 'noted'> | 'different' | undefined> {
  const [lefts, rights] = [left.map(({ id }) => id), right.map(({ id }) => id)]
  if (await areDifferent(tx, lefts, rights)) return 'different'
  return (
    contradiction(left, right) ?? ((await haveBeenUndone(tx, lefts, rights)) ? 'parted' : undefined)
  )
}

/** Leaves the decision to a human, who is asked once about each pair and kind. */
export async function ask(
  ctx: Context,
  tx: Transaction,
  spoken: Spoken & { kind: QuestionKind },
  reason: QuestionReason,
): Promise<'asked' | 'apart'> {
  const isNew = await insertQuestion(tx, {
    id: ctx.random.id(),
    ...spoken,
    reason,
    askedAt: ctx.clock.now(),
  })
  const outcome =
    isNew || (await questionByPair(tx, spoken.pair, spoken.kind))?.state === 'open'
      ? 'asked'
      : 'apart'
  await noteOnce(ctx, tx, spoken, outcome)
  return outcome
}
