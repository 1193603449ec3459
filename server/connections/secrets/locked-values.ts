import { and, eq, isNotNull } from 'drizzle-orm'
import type { Queryable } from '../../base/db/database.ts'
import { connectionSecrets, platformTokens } from '../tables.ts'
import type { Place } from './vault.ts'

export function secretPlace(connectionId: string, name: string): Place {
  return { column: 'connection_secrets.value', row: `${connectionId}/${name}` }
}

export function tokenPlace(key: string): Place {
  return { column: 'platform_tokens.value', row: key }
}

export interface LockedValue {
  place: Place
  locked: string
}

/** Returns every value in the database that the vault has locked. */
export async function lockedValues(q: Queryable): Promise<LockedValue[]> {
  const secrets = await q.select().from(connectionSecrets)
  const tokens = await q
    .select({ key: platformTokens.key, value: platformTokens.value })
    .from(platformTokens)
    .where(isNotNull(platformTokens.value))
  return [
    ...secrets.map(({ connectionId, name, value }) => ({
      place: secretPlace(connectionId, name),
      locked: value,
    })),
    ...tokens.map(({ key, value }) => ({ place: tokenPlace(key), locked: value ?? '' })),
  ]
}

/** Returns false when another value has been stored meanwhile. */
export async function setLockedValue(
  q: Queryable,
  { place: { column, row }, from, to }: { place: Place; from: string; to: string },
): Promise<boolean> {
  if (column === tokenPlace('').column) {
    const { rowCount } = await q
      .update(platformTokens)
      .set({ value: to })
      .where(and(eq(platformTokens.key, row), eq(platformTokens.value, from)))
    return rowCount === 1
  }
  const [connectionId = '', name = ''] = row.split('/')
  const { rowCount } = await q
    .update(connectionSecrets)
    .set({ value: to })
    .where(
      and(
        eq(connectionSecrets.connectionId, connectionId),
        eq(connectionSecrets.name, name),
        eq(connectionSecrets.value, from),
      ),
    )
  return rowCount === 1
}
