import { asc, eq, sql } from 'drizzle-orm'
import * as v from 'valibot'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { notify } from '../base/db/listen.ts'
import { Kind, SecretName } from './settings.ts'
import { callbacks, connections, connectionSecrets, corps } from './tables.ts'

/** The channel that tells every process that connections came, changed or went. */
export const connectionsChannel = 'connections'

export interface CorpRow {
  corpId: string
  name: string
  createdAt: Date
}

/** Readers check `settings` with `settingsOf[kind]`. */
export type ConnectionRow = Omit<typeof connections.$inferSelect, 'kind'> & { kind: Kind }

export interface SecretRow {
  connectionId: string
  name: SecretName
  /** Encrypted. */
  value: string
  setAt: Date
}

/** Oldest first. */
export async function allCorps(q: Queryable): Promise<CorpRow[]> {
  return q.select().from(corps).orderBy(asc(corps.createdAt), asc(corps.corpId))
}

/** Oldest first. The first connection of a kind is the corp's main one. */
export async function allConnections(q: Queryable): Promise<ConnectionRow[]> {
  const rows = await q
    .select()
    .from(connections)
    .orderBy(asc(connections.createdAt), asc(connections.id))
  return rows.map((row) => ({ ...row, kind: v.parse(Kind, row.kind) }))
}

export async function allSecrets(q: Queryable): Promise<SecretRow[]> {
  const rows = await q.select().from(connectionSecrets)
  return rows.map((row) => ({ ...row, name: v.parse(SecretName, row.name) }))
}

/** A known corp keeps its name. */
export async function insertCorp(tx: Transaction, row: CorpRow): Promise<void> {
  await tx.insert(corps).values(row).onConflictDoNothing()
}

/**
 * Removes a connection with its secrets, and its corp once nothing else connects it. What the corp
 * has stays. Returns false when there is no such connection.
 */
export async function deleteConnection(tx: Transaction, id: string): Promise<boolean> {
  const [gone] = await tx
    .delete(connections)
    .where(eq(connections.id, id))
    .returning({ corpId: connections.corpId })
  if (!gone) return false
  const isOfCorp = eq(connections.corpId, gone.corpId)
  const left = await tx.select({ id: connections.id }).from(connections).where(isOfCorp).limit(1)
  if (left.length === 0) await tx.delete(corps).where(eq(corps.corpId, gone.corpId))
  await tellOfConnections(tx)
  return true
}

export async function setCorpName(
  tx: Transaction,
  { corpId, name }: Pick<CorpRow, 'corpId' | 'name'>,
): Promise<void> {
  await tx.update(corps).set({ name }).where(eq(corps.corpId, corpId))
  await tellOfConnections(tx)
}

/** Lets nobody else connect anything until the transaction ends. */
export async function lockConnections(tx: Transaction): Promise<void> {
  await tx.execute(sql`lock table ${connections} in share row exclusive mode`)
}

export async function insertConnection(tx: Transaction, row: ConnectionRow): Promise<void> {
  await tx.insert(connections).values(row)
  await tellOfConnections(tx)
}

export async function setSettings(
  tx: Transaction,
  { id, settings, at }: { id: string; settings: object; at: Date },
): Promise<void> {
  await tx.update(connections).set({ settings, updatedAt: at }).where(eq(connections.id, id))
  await tellOfConnections(tx)
}

export async function setSecret(tx: Transaction, row: SecretRow): Promise<void> {
  const { value, setAt } = row
  await tx
    .insert(connectionSecrets)
    .values(row)
    .onConflictDoUpdate({
      target: [connectionSecrets.connectionId, connectionSecrets.name],
      set: { value, setAt },
    })
  await tellOfConnections(tx)
}

async function tellOfConnections(tx: Transaction): Promise<void> {
  await notify(tx, connectionsChannel, '')
}

/**
 * Gives pushes that were stored under an AgentId, when there was one app, the id of its connection.
 * A push that came again under the id stays as it is.
 */
export async function adoptCallbacks(
  tx: Transaction,
  { id, corpId, platformId }: Pick<ConnectionRow, 'id' | 'corpId' | 'platformId'>,
): Promise<void> {
  await tx.execute(sql`update ${callbacks} as old set connection = ${id}
    where old.corp_id = ${corpId} and old.connection = ${platformId} and not exists (
      select from ${callbacks} as same
      where same.connection = ${id} and same.dedupe_key = old.dedupe_key)`)
}
