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
  type Reader,
} from './queries.ts'
import type { Permission } from '../rule.ts'

/** The greatest values of a position's two columns: the newest page starts there. */
const newest = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const

export interface PageOptions {
  personId: string
  reader: Reader
  /** The reader's permission. Null means that it was checked before. */
  permission: Permission | null
  before?: readonly [occurredAt: string, id: string] | undefined
  kinds?: readonly MomentKind[] | undefined
  material?: string | undefined
  member?: string | undefined
  /** ISO 8601; `from` is included, `to` is not. */
  from?: string | undefined
  to?: string | undefined
  limit: number
}

/** The page sizes that have a plan. A page of another size is cut from the next larger one. */
const limits = [21, 31, 51, 101]

export interface Page {
  /** Newest first. */
  moments: Moment[]
  /** The snapshot of the database when the page was read. */
  snapshot: string
}

/** Returns a page of the timeline, or null when nothing shows that the reader may see it. */
export async function momentsPage(ctx: Context, options: PageOptions): Promise<Page | null> {
  const {
    personId,
    reader,
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
  const flags = [permission !== null, reader.identityIds !== null, ...Object.values(filters)]
    .map(Number)
    .join('')
  const given = [kinds ?? null, material ?? null, member ?? null, from ?? null, to ?? null]
  const { rows } = await ctx.db.$client.query<SnapshotRow & { allowed: boolean }>({
    name: `timeline-page-${most}-${flags}`,
    text: pageSql(most, filters, reader, permission),
    values: [
      ...[personId, before[0], before[1], ...given],
      ...[reader.identityIds, ...reader.knowsContact.values, ...(permission?.values ?? [])],
    ],
  })
  const [first] = rows
  return first?.allowed
    ? { moments: await momentsIn(ctx, rows.slice(0, limit)), snapshot: first.snapshot }
    : null
}

/** A page without moments is one row that holds only the snapshot. */
type SnapshotRow = { snapshot: string } & (MomentRow | { id: null })

async function momentsIn(ctx: Context, rows: readonly SnapshotRow[]): Promise<Moment[]> {
  const found = rows.flatMap((row) => (row.id === null ? [] : row))
  const names = await ctx.memory.get(nameBook).namesIn(found)
  return found.map((row) => presentMoment(ctx, row, names))
}

export interface Changes {
  moments: Moment[]
  /** The snapshot of the database when it looked. */
  snapshot: string
  /** Whether identities came or went since the last look; null when the person is gone. */
  regrouped: boolean | null
  identityIds: string[]
  /** How many contacts the person has. Of two, the reader may know only one. */
  contacts: number
}

/**
 * Returns the changes of a timeline between two snapshots (null = now), after a revision, in the
 * order of revisions; at most `mostChanges` of them. A person of two contacts shows nothing to a
 * reader without `identityIds`.
 */
export async function momentChanges(
  ctx: Context,
  {
    personId,
    reader,
    since,
    until,
    after,
  }: { personId: string; reader: Reader; since: string; until: string | null; after: number },
): Promise<Changes> {
  const { rows } = await ctx.db.$client.query<
    SnapshotRow & { regrouped: boolean | null; identity_ids: string[]; contacts: number }
  >({
    name: 'timeline-changes',
    text: changesSql(reader),
    values: [personId, until, since, after, reader.identityIds, ...reader.knowsContact.values],
  })
  const [first] = rows
  if (!first) throw new Error('the changes of a timeline came without their snapshot')
  return {
    moments: await momentsIn(ctx, rows),
    snapshot: first.snapshot,
    regrouped: first.regrouped,
    identityIds: first.identity_ids,
    contacts: first.contacts,
  }
}

/** Returns the present snapshot of the database, for a stream that has no position yet. */
export async function snapshotNow(ctx: Context): Promise<string> {
  const { rows } = await ctx.db.$client.query<{ now: string }>(
    'select pg_current_snapshot()::text as now',
  )
  return rows[0]?.now ?? ''
}

export { mostChanges }
