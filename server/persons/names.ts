import type { Context } from '../base/context.ts'
import { followedSql } from '../contacts/index.ts'
import type { NameRule } from '../timeline/index.ts'

/**
 * How old WeCom's answer may be that the member follows the contact. A push tells us at once when a
 * member loses a contact, and pushes are not guaranteed. The rep knew these names before.
 */
const namedForMs = 24 * 60 * 60_000

/**
 * Returns the rule for names in figures and lists: a member sees the names of contacts whom they
 * follow, and of nobody else. It asks WeCom nothing; without a recent answer there is no name.
 */
export function nameRule(
  { clock }: Pick<Context, 'clock'>,
  { corpId, userId }: { corpId: string; userId: string },
): NameRule {
  return {
    sql: (personId, [corp = '', member = '', since = '']) => `
      select contacts.profile ->> 'name' as name from identities as own cross join lateral (
        select profile, fetched_at, follows, refusal, lost from contacts
        where corp_id = own.corp_id and external_userid = own.value limit 1) as contacts
      where own.person_id = ${personId} and own.kind = 'external_userid'
        and own.corp_id = ${corp}::text and ${followedSql({ member, since, ageMs: namedForMs })}
      order by own.id limit 1`,
    values: [corpId, userId, new Date(clock.now().getTime() - namedForMs)],
  }
}
