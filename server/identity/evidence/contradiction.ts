import type { QuestionReason } from '../../../shared/contract/identity.ts'
import type { IdentityRow } from '../store.ts'

const clashes = {
  unionid: 'two_unionids',
  external_userid: 'two_contacts',
  openid: 'two_accounts',
} as const satisfies Record<string, QuestionReason>

/**
 * Returns why two persons cannot be one human. A human has one unionid per open-platform account
 * and one external_userid per corp. A number is weaker evidence, because people share and inherit
 * numbers: for it, two accounts of one app are two humans too. Two persons contradict each other
 * when both have some and none in common. A person with two unionids who was joined by hand does
 * not contradict itself.
 */
export function contradiction(
  left: readonly Pick<IdentityRow, 'kind' | 'scope' | 'value'>[],
  right: readonly Pick<IdentityRow, 'kind' | 'scope' | 'value'>[],
  by: string,
): (typeof clashes)[keyof typeof clashes] | undefined {
  const kinds = ['unionid', 'external_userid', ...(by === 'verified_phone' ? ['openid'] : [])]
  for (const wanted of kinds) {
    for (const { kind, scope } of left) {
      if (kind !== wanted) continue
      const valuesOf = (rows: typeof left) =>
        rows.filter((row) => row.kind === kind && row.scope === scope).map(({ value }) => value)
      const theirs = valuesOf(right)
      if (theirs.length > 0 && !valuesOf(left).some((value) => theirs.includes(value)))
        return clashes[kind as keyof typeof clashes]
    }
  }
  return undefined
}
