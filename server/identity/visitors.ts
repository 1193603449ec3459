import { eq } from 'drizzle-orm'
import type { Database, Transaction } from '../base/db/database.ts'
import type { Visitors } from '../base/http/session/visitors.ts'
import { fail } from '../base/problem.ts'
import { identities } from './tables.ts'

export function openVisitors(db: Database): Visitors {
  return {
    async expect(identityId) {
      // Nearly every request of a visitor asks this, so it is prepared once.
      const { rows } = await db.$client.query({
        name: 'visitor',
        text: 'select from identities where id = $1',
        values: [identityId],
      })
      if (rows.length === 0) fail('unauthenticated', 'Sign in again')
    },
    async hold(tx, identityId) {
      if (!(await holdIdentity(tx, identityId))) fail('unauthenticated', 'Sign in again')
    },
  }
}

/** Does what `Visitors.hold` says, for any identity. Returns false when it is gone. */
export async function holdIdentity(tx: Transaction, identityId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: identities.id })
    .from(identities)
    .where(eq(identities.id, identityId))
    .for('key share')
  return rows.length > 0
}
