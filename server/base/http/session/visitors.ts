import type { Context } from '../../context.ts'
import type { Transaction } from '../../db/database.ts'
import { kept } from '../../kept.ts'

/**
 * Whether a visitor's session still counts. The session of an erased visitor does not, even with a
 * good signature. The domain that knows identities answers.
 */
export interface Visitors {
  /** @throws Problem `unauthenticated` when the visitor was erased */
  expect(identityId: string): Promise<void>
  /**
   * Checks the same, and lets nobody erase the visitor until the transaction ends. Code that writes
   * rows about a visitor calls this first. An erasure waits for such a transaction and then finds
   * its rows.
   * @throws Problem `unauthenticated` when the visitor was erased
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
