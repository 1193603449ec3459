// Only here do the benchmarks know how the server reads a page of a timeline: its text and its
// parameters.
import { knowsContact, readPermission } from '../server/persons/index.ts'
import { type Filters, pageSql } from '../server/timeline/page/queries.ts'

export const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
export const filtersOff: Filters = {
  kinds: false,
  material: false,
  member: false,
  from: false,
  to: false,
  withoutViews: false,
}

export interface PageQuery {
  text: string
  values(of: { personId: string; before: string }): (string | null)[]
}

/**
 * Returns a page as a member requests it, with the check that the member follows one of the
 * person's contacts.
 */
export function page(limit: number, member: { corpId: string; userId: string }): PageQuery {
  // Answers of WeCom since the year 2000 count.
  const then = { clock: { now: () => new Date('2000-01-01') } }
  const permission = readPermission(then, member)
  const reader = { identityIds: null, knowsContact: knowsContact(then, member) }
  const since = '2000-01-01T00:00:00.000Z'
  return {
    text: pageSql(limit, filtersOff, reader, permission),
    values: ({ personId, before }) => [
      personId,
      before,
      lastId,
      null,
      null,
      null,
      null,
      null,
      null,
      member.userId,
      since,
      member.corpId,
      member.userId,
      since,
    ],
  }
}
