import { and, eq } from 'drizzle-orm'
import type { Equipment } from '../../shared/contract/workorders.ts'
import type { Queryable } from '../base/db/database.ts'
import { equipment } from './tables.ts'

/** Returns a serial number in one form, without differences of width, case and blanks. */
function normalised(sn: string): string {
  return sn.normalize('NFKC').replace(/\s+/g, '').toUpperCase()
}

export async function equipmentBySn(
  q: Queryable,
  corpId: string,
  sn: string,
): Promise<Equipment | undefined> {
  const [row] = await q
    .select()
    .from(equipment)
    .where(and(eq(equipment.corpId, corpId), eq(equipment.sn, normalised(sn))))
  return row && presentEquipment(row)
}

export async function equipmentById(q: Queryable, id: string): Promise<Equipment | undefined> {
  const [row] = await q.select().from(equipment).where(eq(equipment.id, id))
  return row && presentEquipment(row)
}

/** Adds machines. Known serial numbers stay as they are. */
export async function insertEquipment(
  q: Queryable,
  rows: readonly (typeof equipment.$inferInsert)[],
): Promise<void> {
  await q
    .insert(equipment)
    .values(rows.map((row) => ({ ...row, sn: normalised(row.sn) })))
    .onConflictDoNothing()
}

function presentEquipment({ id, sn, model, place }: typeof equipment.$inferSelect): Equipment {
  return { id, sn, model, place }
}
