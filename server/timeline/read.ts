import type { Moment, MomentKind } from '../../shared/contract/timeline.ts'
import type { Context } from '../context.ts'
import { presentMoment, type MomentRow } from './present.ts'
import { changesSql, pageSql } from './queries.ts'

/** The greatest values of the two columns of a position: where the newest page starts. */
const newest = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const

export interface PageOptions {
  personId: string
  before?: readonly [occurredAt: string, id: string] | undefined
  kinds?: readonly MomentKind[] | undefined
  limit: number
}

/** Newest first. */
export async function momentsPage(ctx: Context, { personId, before = newest, kinds, limit }: PageOptions): Promise<Moment[]> {
  const { rows } = await ctx.db.$client.query<MomentRow>({
    name: `timeline-page-${limit}`,
    text: pageSql(limit),
    values: [personId, before[0], before[1], kinds ?? null],
  })
  return rows.map((row) => presentMoment(ctx, row))
}

export interface ChangeOptions {
  personId: string
  /** Only changes with a higher revision … */
  after: number
  /** … and of those up to `unless`, only the ones made since `since`. */
  unless?: number
  since?: Date
}

/** What changed on a timeline, in the order of revisions, at most `mostChanges` of it. */
export async function momentChanges(ctx: Context, { personId, after, unless = after, since }: ChangeOptions): Promise<Moment[]> {
  const { rows } = await ctx.db.$client.query<MomentRow>({
    name: 'timeline-changes',
    text: changesSql,
    values: [personId, after, unless, since?.toISOString() ?? 'infinity'],
  })
  return rows.map((row) => presentMoment(ctx, row))
}

/** The highest revision that was given away so far; changes under way may still hold a lower one. */
export async function lastRevision(ctx: Context): Promise<number> {
  const { rows } = await ctx.db.$client.query<{ last_value: string }>({
    name: 'last-revision',
    text: 'select last_value from moment_revision',
  })
  return Number(rows[0]?.last_value ?? 0)
}
