import type { Moment, MomentKind } from '../../../shared/contract/timeline.ts'
import type { Context } from '../../base/context.ts'
import { nameBook } from './names.ts'
import { presentMoment } from './present.ts'
import {
  changesSql,
  type Filters,
  type MomentRow,
  mostChanges,
  pageSql,
  type Permission,
} from './queries.ts'

/** The greatest values of the two columns of a position: where the newest page starts. */
const newest = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const

export interface PageOptions {
  personId: string
  /** What lets the reader see it. Null: that was checked before. */
  permission: Permission | null
  before?: readonly [occurredAt: string, id: string] | undefined
  kinds?: readonly MomentKind[] | undefined
  material?: string | undefined
  member?: string | undefined
  /** ISO 8601: at or after, and before. */
  from?: string | undefined
  to?: string | undefined
  limit: number
}

/**
 * Pages of these sizes have a plan already; one of another size is cut from the next larger one.
 */
const limits = [21, 31, 51, 101]

export interface Page {
  /** Newest first. */
  moments: Moment[]
  /** Of the database when it was read. */
  snapshot: string
}

/** A page of the timeline; null when it is not known that the reader may see it. */
export async function momentsPage(ctx: Context, options: PageOptions): Promise<Page | null> {
  const {
    personId,
    permission,
    before = newest,
    kinds,
    material,
    member,
    from,
    to,
    limit,
  } = options
  const filters: Filters = {
    kinds: kinds !== undefined,
    material: material !== undefined,
    member: member !== undefined,
    from: from !== undefined,
    to: to !== undefined,
    withoutViews: kinds !== undefined && !kinds.includes('material.view'),
  }
  const most = limits.find((size) => size >= limit) ?? limit
  const flags = [permission !== null, ...Object.values(filters)].map(Number).join('')
  const given = [kinds ?? null, material ?? null, member ?? null, from ?? null, to ?? null]
  const { rows } = await ctx.db.$client.query<SnapshotRow & { allowed: boolean }>({
    name: `timeline-page-${most}-${flags}`,
    text: pageSql(most, filters, permission),
    values: [personId, before[0], before[1], ...given, ...(permission?.values ?? [])],
  })
  const [first] = rows
  return first?.allowed
    ? { moments: await momentsIn(ctx, rows.slice(0, limit)), snapshot: first.snapshot }
    : null
}

/** Without moments there is one row, with nothing but the snapshot. */
type SnapshotRow = { snapshot: string } & (MomentRow | { id: null })

async function momentsIn(ctx: Context, rows: readonly SnapshotRow[]): Promise<Moment[]> {
  const found = rows.flatMap((row) => (row.id === null ? [] : row))
  const names = await ctx.memory.get(nameBook).namesIn(found)
  return found.map((row) => presentMoment(ctx, row, names))
}

export interface Changes {
  moments: Moment[]
  /** Of the database when it looked. */
  snapshot: string
  /** Identities came or went in what was looked at; null: there is no such person any more. */
  regrouped: boolean | null
  identityIds: string[]
}

/**
 * What changed on a timeline since one snapshot until another (null = now), in the order of
 * revisions and beyond one of them; at most `mostChanges` of it.
 */
export async function momentChanges(
  ctx: Context,
  {
    personId,
    since,
    until,
    after,
  }: { personId: string; since: string; until: string | null; after: number },
): Promise<Changes> {
  const { rows } = await ctx.db.$client.query<
    SnapshotRow & { regrouped: boolean | null; identity_ids: string[] }
  >({
    name: 'timeline-changes',
    text: changesSql,
    values: [personId, until, since, after],
  })
  const [first] = rows
  if (!first) throw new Error('the changes of a timeline came without their snapshot')
  return {
    moments: await momentsIn(ctx, rows),
    snapshot: first.snapshot,
    regrouped: first.regrouped,
    identityIds: first.identity_ids,
  }
}

/** The database as it is now, for a stream that starts from nothing. */
export async function snapshotNow(ctx: Context): Promise<string> {
  const { rows } = await ctx.db.$client.query<{ now: string }>(
    'select pg_current_snapshot()::text as now',
  )
  return rows[0]?.now ?? ''
}

export { mostChanges }
