import type { Evidence, Identity, IdentityKind } from '../../shared/contract/contacts.ts'
import { maskedLabel } from '../base/masked.ts'
import type { IdentityRow } from './store.ts'

function presentIdentity(row: IdentityRow): Identity {
  return {
    id: row.id,
    // The columns are text; only this folder writes them, from these unions.
    kind: row.kind as IdentityKind,
    // The scope of a number is only ours.
    scope: row.kind === 'phone' ? '' : row.scope,
    label: maskedLabel(row.kind, row.value),
    joinedBy: row.joinedBy as Evidence,
    joinedAt: row.joinedAt.toISOString(),
  }
}

/** Does it for several. A number that two accounts proved is shown once. */
export function presentIdentities(rows: readonly IdentityRow[]): Identity[] {
  const numbers = new Set<string>()
  return rows.flatMap((row) => {
    if (row.kind === 'phone' && numbers.has(row.value)) return []
    if (row.kind === 'phone') numbers.add(row.value)
    return presentIdentity(row)
  })
}
