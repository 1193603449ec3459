import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import * as v from 'valibot'
import { WorkorderStatus, WorkorderType } from '../../shared/contract/workorders.ts'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { workorderNumbers, workorders, workorderStatuses } from './tables.ts'

const By = v.picklist(['visitor', 'member', 'system'])
const Source = v.picklist(['chosen', 'measured', 'typed'])

export type WorkorderRow = Omit<
  typeof workorders.$inferSelect,
  'type' | 'status' | 'locationSource'
> & {
  type: WorkorderType
  status: WorkorderStatus
  locationSource: v.InferOutput<typeof Source>
}
export type StatusRow = Omit<typeof workorderStatuses.$inferSelect, 'status' | 'by'> & {
  status: WorkorderStatus
  by: v.InferOutput<typeof By>
}

function readWorkorder(row: typeof workorders.$inferSelect): WorkorderRow {
  return {
    ...row,
    type: v.parse(WorkorderType, row.type),
    status: v.parse(WorkorderStatus, row.status),
    locationSource: v.parse(Source, row.locationSource),
  }
}

/**
 * Returns the next number of the corp on that day, from 1. The row stays locked until the
 * transaction ends, so the next order waits, and a failed order returns its number.
 */
export async function nextNumber(tx: Transaction, corpId: string, day: string): Promise<number> {
  const [row] = await tx
    .insert(workorderNumbers)
    .values({ corpId, day, last: 1 })
    .onConflictDoUpdate({
      target: [workorderNumbers.corpId, workorderNumbers.day],
      set: { last: sql`${workorderNumbers.last} + 1` },
    })
    .returning({ last: workorderNumbers.last })
  if (!row) throw new Error('the number of a work order was not given')
  return row.last
}

export async function insertWorkorder(tx: Transaction, row: WorkorderRow): Promise<void> {
  await tx.insert(workorders).values(row)
}

export async function workorderById(
  q: Queryable,
  corpId: string,
  id: string,
): Promise<WorkorderRow | undefined> {
  const [row] = await q
    .select()
    .from(workorders)
    .where(and(eq(workorders.id, id), eq(workorders.corpId, corpId)))
  return row && readWorkorder(row)
}

/** Returns the order, and lets nobody else change it until the transaction ends. */
export async function lockWorkorder(
  tx: Transaction,
  corpId: string,
  id: string,
): Promise<WorkorderRow | undefined> {
  const [row] = await tx
    .select()
    .from(workorders)
    .where(and(eq(workorders.id, id), eq(workorders.corpId, corpId)))
    .for('update')
  return row && readWorkorder(row)
}

/** Sets the status and adds it to the history. The order must be locked or new. */
export async function addStatus(
  tx: Transaction,
  { workorderId, status, by, note, at }: Omit<StatusRow, 'position'>,
): Promise<void> {
  await tx.update(workorders).set({ status }).where(eq(workorders.id, workorderId))
  const position = sql<number>`(select count(*) from ${workorderStatuses} where ${workorderStatuses.workorderId} = ${workorderId}::uuid)`
  await tx.insert(workorderStatuses).values({ workorderId, position, status, by, note, at })
}

export async function statusesOf(q: Queryable, workorderId: string): Promise<StatusRow[]> {
  const rows = await q
    .select()
    .from(workorderStatuses)
    .where(eq(workorderStatuses.workorderId, workorderId))
    .orderBy(asc(workorderStatuses.position))
  return rows.map((row) => ({
    ...row,
    status: v.parse(WorkorderStatus, row.status),
    by: v.parse(By, row.by),
  }))
}

export interface WorkorderSearch {
  identityIds: readonly string[]
  status?: WorkorderStatus | undefined
  before: readonly [at: string, id: string] | undefined
  limit: number
}

/** Newest first. */
export async function findWorkorders(
  q: Queryable,
  { identityIds, status, before, limit }: WorkorderSearch,
): Promise<WorkorderRow[]> {
  const rows = await q
    .select()
    .from(workorders)
    .where(
      and(
        inArray(workorders.identityId, [...identityIds]),
        status === undefined ? undefined : eq(workorders.status, status),
        before &&
          sql`(${workorders.createdAt}, ${workorders.id}) < (${before[0]}::timestamptz, ${before[1]}::uuid)`,
      ),
    )
    .orderBy(desc(workorders.createdAt), desc(workorders.id))
    .limit(limit)
  return rows.map(readWorkorder)
}
