import type { Evidence, Identity, IdentityKind } from '../../shared/contract/contacts.ts'
import { nationalNumber } from '../base/phone-number.ts'
import type { IdentityRow } from './store.ts'

/** Enough to tell two apart, not enough to use. */
export function maskedLabel(kind: string, value: string): string {
  if (kind === 'phone') return maskedPhone(nationalNumber(value))
  return value.length > 9 ? `${value.slice(0, 4)}…${value.slice(-3)}` : `${value.slice(0, 2)}…`
}

function maskedPhone(number: string): string {
  return number.length > 7 ? `${number.slice(0, 3)}****${number.slice(-4)}` : '****'
}

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
