import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Returns the secret that `dataDir` keeps under this name, or null. */
export async function readSecret(dataDir: string, name: string): Promise<string | null> {
  return (await readFile(join(dataDir, name), 'utf8').catch(nullWhenMissing))?.trim() ?? null
}

/**
 * Returns the secret that `dataDir` keeps under this name. The first start makes it: `bytes` random
 * bytes in base64, in a file that only this user reads. Two processes that start at once end with
 * the same secret. Each writes a file of its own and links it to the final name; only the first
 * link succeeds.
 */
export async function readOrMakeSecret(
  dataDir: string,
  name: string,
  bytes: number,
): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  const path = join(dataDir, name)
  const known = await readSecret(dataDir, name)
  if (known) return known
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(own, `${randomBytes(bytes).toString('base64')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    await link(own, path).catch(ignoreWhenThere)
  } finally {
    await rm(own, { force: true })
  }
  return (await readFile(path, 'utf8')).trim()
}

/**
 * Replaces the secret under this name. A reader sees either the whole old secret or the whole new
 * one.
 */
export async function replaceSecret(dataDir: string, name: string, secret: string): Promise<void> {
  const path = join(dataDir, name)
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(own, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true })
    await rename(own, path)
  } finally {
    await rm(own, { force: true })
  }
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

function ignoreWhenThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
}
