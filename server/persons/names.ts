import type { Context } from '../base/context.ts'
import { followedSql } from '../contacts/index.ts'
import type { NameRule, Permission } from '../timeline/index.ts'

/**
 * How old WeCom's answer may be that the member follows the contact. A push tells us at once when a
 * member loses a contact, and pushes are not guaranteed. The rep knew these names before.
 */
const namedForMs = 24 * 60 * 60_000

function namedSince({ clock }: Pick<Context, 'clock'>): Date {
  return new Date(clock.now().getTime() - namedForMs)
}

/**
 * Returns the rule for names in figures and lists: a member sees the names of contacts whom they
 * follow, and of nobody else. It asks WeCom nothing; without a recent answer there is no name. A
 * colleague may have joined two contacts (decision 0025): who follows only one learns no name,
 * because what the other did is not theirs to know.
 */
export function nameRule(
  ctx: Pick<Context, 'clock'>,
  { corpId, userId }: { corpId: string; userId: string },
): NameRule {
  return {
    sql: (personId, [corp = '', member = '', since = '']) => `
      select (array_agg(contacts.profile ->> 'name' order by own.id))[1] as name
      from identities as own left join lateral (
        select profile, fetched_at, follows, lost, refusal from contacts
        where corp_id = own.corp_id and external_userid = own.value limit 1) as contacts on true
      where own.person_id = ${personId} and own.kind = 'external_userid'
        and own.corp_id = ${corp}::text
      having bool_and(coalesce(${followedSql({ member, since, ageMs: namedForMs })}, false))`,
    values: [corpId, userId, namedSince(ctx)],
  }
}

/**
 * Returns the same rule for one contact: whether the member may see the name in the present row of
 * `contacts`. The receiver of a push is named by it.
 */
export function knowsContact(
  ctx: Pick<Context, 'clock'>,
  { userId }: { userId: string },
): Permission {
  return {
    sql: (_personId, [member = '', since = '']) =>
      followedSql({ member, since, ageMs: namedForMs }),
    values: [userId, namedSince(ctx)],
  }
}
