import { and, eq, inArray } from 'drizzle-orm'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { contacts } from './tables.ts'

/** Returns what WeCom told last about these contacts, with the members' notes. */
export async function personalContacts(
  q: Queryable,
  corpId: string,
  externalUserIds: readonly string[],
): Promise<object[]> {
  return q
    .select()
    .from(contacts)
    .where(and(eq(contacts.corpId, corpId), inArray(contacts.externalUserId, [...externalUserIds])))
}

/** Deletes our copy. WeCom keeps its own, so we ask again when a member opens the chat again. */
export async function forgetContacts(
  tx: Transaction,
  corpId: string,
  externalUserIds: readonly string[],
): Promise<number> {
  const gone = await tx
    .delete(contacts)
    .where(and(eq(contacts.corpId, corpId), inArray(contacts.externalUserId, [...externalUserIds])))
    .returning({ id: contacts.externalUserId })
  return gone.length
}
