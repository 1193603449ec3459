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
import { contradiction } from './contradiction.ts'
import type { IdentityRow } from '../store.ts'

export interface Spoken {
  corpId: string
  pair: Pair
  kind: EvidenceKind
}

/** Logs the outcome of a piece of evidence. */
export async function note(
  ctx: Context,
  tx: Transaction,
  spoken: Spoken,
  outcome: Outcome,
  detail: EvidenceRow['detail'] = {},
): Promise<void> {
  await insertEvidence(tx, { id: ctx.random.id(), ...spoken, outcome, detail, at: ctx.clock.now() })
}

/** Does the same, but logs evidence only once when it comes back with every visit. */
export async function noteOnce(
  ctx: Context,
  tx: Transaction,
  spoken: Spoken,
  outcome: 'same' | 'asked' | 'apart',
): Promise<boolean> {
  const known = await outcomesOf(tx, spoken.pair, spoken.kind)
  // Evidence that joined the two already says that they are the same.
  if (known.has(outcome) || (outcome === 'same' && known.has('joined'))) return false
  await note(ctx, tx, spoken, outcome)
  return true
}

/**
 * Returns why evidence alone does not join two persons. `different` means that a member has
 * decided, and nobody is asked again.
 */
export async function objection(
  tx: Transaction,
  left: readonly IdentityRow[],
  right: readonly IdentityRow[],
  by: EvidenceKind,
): Promise<Exclude<QuestionReason, 'noted'> | 'different' | undefined> {
  const [lefts, rights] = [left.map(({ id }) => id), right.map(({ id }) => id)]
  if (await areDifferent(tx, lefts, rights)) return 'different'
  return (
    contradiction(left, right, by) ??
    ((await haveBeenUndone(tx, lefts, rights)) ? 'parted' : undefined)
  )
}

/** Leaves the decision to a human. Each pair and kind is asked about once. */
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
