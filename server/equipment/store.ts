import { and, eq } from 'drizzle-orm'
import type { Equipment } from '../../shared/contract/workorders.ts'
import { foldedCode } from '../../shared/rules/folded.ts'
import type { Queryable } from '../base/db/database.ts'
import { equipment } from './tables.ts'

export async function equipmentBySn(
  q: Queryable,
  corpId: string,
  sn: string,
): Promise<Equipment | undefined> {
  const [row] = await q
    .select()
    .from(equipment)
    .where(and(eq(equipment.corpId, corpId), eq(equipment.foldedSn, foldedCode(sn))))
  return row && presentEquipment(row)
}

export async function equipmentById(q: Queryable, id: string): Promise<Equipment | undefined> {
  const [row] = await q.select().from(equipment).where(eq(equipment.id, id))
  return row && presentEquipment(row)
}

/**
 * Adds machines, with the serial numbers as they are on the labels. Known serial numbers stay as
 * they are.
 */
export async function insertEquipment(
  q: Queryable,
  rows: readonly Omit<typeof equipment.$inferInsert, 'foldedSn'>[],
): Promise<void> {
  await q
    .insert(equipment)
    .values(rows.map((row) => ({ ...row, sn: row.sn.trim(), foldedSn: foldedCode(row.sn) })))
    .onConflictDoNothing()
}

function presentEquipment({ id, sn, model, place }: typeof equipment.$inferSelect): Equipment {
  return { id, sn, model, place }
}
