// The one place where the benchmarks know how the server asks for a page of a timeline: its text, and what its parameters mean.
import { pageSql } from '../server/timeline/queries.ts'

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const nothing = { kinds: false, material: false, member: false, from: false, to: false, withoutViews: false }

export interface PageQuery {
  text: string
  values(of: { personId: string; before: string }): (string | null)[]
}

export function page(limit: number): PageQuery {
  const text = pageSql(limit, nothing)
  // What follows the position filters something: null means all of it.
  const parameters = Math.max(...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)))
  return {
    text,
    values: ({ personId, before }) => [personId, before, lastId, ...Array.from({ length: parameters - 3 }, () => null)],
  }
}
