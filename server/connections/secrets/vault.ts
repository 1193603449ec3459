import { randomBytes } from 'node:crypto'
import type { Clock, Random } from '../../base/clock.ts'
import { type Database, transact, type Transaction } from '../../base/db/database.ts'
import { kept } from '../../base/kept.ts'
import type { Config } from '../../config.ts'
import { installationKey, SecretsError } from './installation-key.ts'
import { open, proofOf, seal, SealError } from './seal.ts'
import { allKeys, insertKey, keyById, type KeyRow, lockKeys, newestKey } from './store.ts'

/** The place of a secret. The same value in another place does not open. */
export interface Place {
  /** `table.column` */
  column: string
  /** The row's primary key. */
  row: string
}

/**
 * Encrypts values in the database with AES-256-GCM and a random nonce, bound to table, column, row
 * and key. A value is `v1.<key id>.<nonce>.<text>.<tag>`. New values use the newest key. Older keys
 * are only for reading.
 */
export interface Vault {
  lock(plain: string, place: Place): Promise<string>
  /** @throws SecretsError when it cannot be opened: changed, moved, or its key is gone */
  unlock(locked: string, place: Place): Promise<string>
}

export const vault = kept<Vault>('the vault')

export interface VaultOptions {
  config: Pick<Config, 'secretsKey' | 'dataDir'>
  db: Database
  clock: Clock
  random: Random
}

const keyBytes = 32

/**
 * Opens every key of the database, or makes the first one.
 * @throws SecretsError when the installation's key is missing, or is not the one that wrapped them
 */
export async function openVault({ config, db, clock, random }: VaultOptions): Promise<Vault> {
  const known = await allKeys(db)
  let own = await installationKey(config, known.length === 0)
  if (known.length === 0)
    await transact(db, async (tx) => {
      await lockKeys(tx)
      if (!(await newestKey(tx))) await makeKey(tx, own, { clock, random })
    })
  const keys = new Map<string, Buffer>()
  for (const row of await allKeys(db)) keys.set(row.id, unwrap(own, row))

  async function keyOf(id: string): Promise<Buffer | undefined> {
    const here = keys.get(id)
    if (here) return here
    // Another process made it after our start.
    const row = await keyById(db, id)
    if (!row) return undefined
    // The installation's key may have been changed too; its file holds the new one.
    if (row.proof !== proofOf(own)) own = await installationKey(config, false)
    const key = unwrap(own, row)
    keys.set(id, key)
    return key
  }

  return {
    async lock(plain, place) {
      const id = (await newestKey(db))?.id ?? ''
      const key = await keyOf(id)
      if (!key) throw new SecretsError('The database has no key for secrets any more.')
      return `v1.${id}.${seal(key, Buffer.from(plain), boundTo(place, id))}`
    },

    async unlock(locked, place) {
      const [version, id = '', ...sealed] = locked.split('.')
      const key = version === 'v1' ? await keyOf(id) : undefined
      if (!key) throw unreadable(place, 'its key is gone')
      try {
        return open(key, sealed.join('.'), boundTo(place, id)).toString('utf8')
      } catch (error) {
        if (!(error instanceof SealError)) throw error
        throw unreadable(place, 'it was changed, or belongs to another row')
      }
    },
  }
}

/** Returns the id of the data key that locked a value. */
export function keyIdOf(locked: string): string {
  return locked.split('.')[1] ?? ''
}

function boundTo({ column, row }: Place, keyId: string): string {
  return `${column}/${row}/${keyId}`
}

function unreadable({ column, row }: Place, why: string): SecretsError {
  return new SecretsError(
    `The secret ${column} of ${row} cannot be read: ${why}. Enter it again, or restore the database.`,
  )
}

/**
 * Makes a new data key, wrapped by the installation's key. It is the newest one, even when the
 * clock was set back since the last one was made. The caller holds the lock of the keys.
 */
export async function makeKey(
  tx: Transaction,
  own: Buffer,
  { clock, random }: { clock: Clock; random: Random },
): Promise<string> {
  const id = random.token(6)
  const last = (await newestKey(tx))?.createdAt.getTime() ?? -Infinity
  const createdAt = new Date(Math.max(clock.now().getTime(), last + 1))
  const row = { id, ...wrap(own, id, randomBytes(keyBytes)), createdAt }
  await insertKey(tx, row)
  return id
}

export function wrap(own: Buffer, id: string, key: Buffer): Pick<KeyRow, 'wrapped' | 'proof'> {
  return { wrapped: seal(own, key, `secret_keys.wrapped/${id}`), proof: proofOf(own) }
}

/** @throws SecretsError */
export function unwrap(own: Buffer, { id, wrapped, proof }: KeyRow): Buffer {
  if (proof !== proofOf(own))
    throw new SecretsError(
      'The key of this installation is not the one that the secrets in the database were locked with. Set SECRETS_KEY to that one, or put its file secrets-key back into DATA_DIR.',
    )
  try {
    return open(own, wrapped, `secret_keys.wrapped/${id}`)
  } catch (cause) {
    throw new SecretsError(
      `The row ${id} of secret_keys is damaged. Restore the database, or enter the secrets again.`,
      { cause },
    )
  }
}
