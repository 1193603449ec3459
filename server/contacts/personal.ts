import { and, eq, inArray } from 'drizzle-orm'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { contacts } from './tables.ts'

/** What WeCom told us last of these contacts, the members' notes included. */
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

/**
 * Forgets our copy. WeCom keeps its own: a member who opens the chat again makes us ask it again.
 */
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
