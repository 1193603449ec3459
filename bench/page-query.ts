// The one place where the benchmarks know how the server asks for a page of a timeline: its text,
// and what its parameters mean.
import { type Filters, pageSql } from '../server/timeline/page/queries.ts'

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const plain: Filters = {
  unasked: false,
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
 * A page as a member asks for it, with the check that the member follows one of the person's
 * contacts.
 */
export function page(limit: number, member: { corpId: string; userId: string }): PageQuery {
  const long = '2000-01-01T00:00:00.000Z'
  return {
    text: pageSql(limit, plain),
    values: ({ personId, before }) => [
      personId,
      before,
      lastId,
      null,
      null,
      null,
      null,
      null,
      member.corpId,
      member.userId,
      long,
    ],
  }
}
