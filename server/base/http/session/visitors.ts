import type { Context } from '../../context.ts'
import type { Transaction } from '../../db/database.ts'
import { kept } from '../../kept.ts'

/**
 * Whether a visitor's session still counts. An erased person has none, however good its signature
 * is. The domain that knows identities answers.
 */
export interface Visitors {
  /** @throws Problem `unauthenticated` when the visitor was erased */
  expect(identityId: string): Promise<void>
  /**
   * The same, and nobody can erase the visitor until the transaction ends. Whatever names a visitor
   * is written after this: an erasure waits for such a transaction, and then finds what it wrote.
   * @throws Problem `unauthenticated`
   */
  hold(tx: Transaction, identityId: string): Promise<void>
}

export const visitors = kept<Visitors>('visitors')

/** @throws Problem `unauthenticated` when the visitor was erased */
export function expectVisitor(ctx: Context, identityId: string): Promise<void> {
  return ctx.memory.get(visitors).expect(identityId)
}

/** As `Visitors.hold`. @throws Problem `unauthenticated` */
export function holdVisitor(ctx: Context, tx: Transaction, identityId: string): Promise<void> {
  return ctx.memory.get(visitors).hold(tx, identityId)
}
