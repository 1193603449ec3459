import type { Config } from '../../config.ts'
import { readOrMakeSecret, readSecret, replaceSecret } from '../../base/kept-secret.ts'

/** A file in `DATA_DIR`, used when `SECRETS_KEY` is not set. */
const fileName = 'secrets-key'
const keyBytes = 32

/** Sentences that say what is wrong with the installation's keys, and what the operator must do. */
export class SecretsError extends Error {
  override readonly name = 'SecretsError'
}

/**
 * Returns the installation's own key: `SECRETS_KEY`, or a file of `DATA_DIR` that only this user
 * may read. When there is neither, it makes one, but only for an installation without secrets
 * (`isFirst`).
 * @throws SecretsError
 */
export async function installationKey(
  { secretsKey, dataDir }: Pick<Config, 'secretsKey' | 'dataDir'>,
  isFirst: boolean,
): Promise<Buffer> {
  const kept = await keptKey(dataDir)
  if (secretsKey && kept && !secretsKey.equals(kept))
    throw new SecretsError(
      `SECRETS_KEY and the file ${fileName} in ${dataDir} are different keys. Keep the one that this database was made with, and remove the other.`,
    )
  const known = secretsKey ?? kept
  if (known) return known
  if (!isFirst)
    throw new SecretsError(
      `The secrets in the database are locked, and their key is neither in SECRETS_KEY nor in the file ${fileName} in ${dataDir}. Put the key of this installation back.`,
    )
  return Buffer.from(await readOrMakeSecret(dataDir, fileName, keyBytes), 'base64')
}

async function keptKey(dataDir: string): Promise<Buffer | null> {
  const text = await readSecret(dataDir, fileName)
  if (text === null) return null
  const key = Buffer.from(text, 'base64')
  if (key.length !== keyBytes)
    throw new SecretsError(
      `The file ${fileName} in ${dataDir} holds no key. Put the key of this installation back, from the copy that was made of it.`,
    )
  return key
}

/** Replaces the key in the file. Returns false when this installation keeps its key elsewhere. */
export async function replaceKeptKey(dataDir: string, key: Buffer): Promise<boolean> {
  if ((await keptKey(dataDir)) === null) return false
  await replaceSecret(dataDir, fileName, key.toString('base64'))
  return true
}
