import type { Evidence, Identity, IdentityKind } from '../../shared/contract/contacts.ts'
import { maskedLabel } from '../base/masked.ts'
import type { IdentityRow } from './store.ts'

export function presentIdentity(row: IdentityRow): Identity {
  return {
    id: row.id,
    // The columns are text; only this folder writes them, from these unions.
    kind: row.kind as IdentityKind,
    scope: row.scope,
    label: maskedLabel(row.kind, row.value),
    joinedBy: row.joinedBy as Evidence,
    joinedAt: row.joinedAt.toISOString(),
  }
}
