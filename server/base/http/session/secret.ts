import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The session secret kept in `dataDir`, made on the first start. Two processes that start at once
 * end with the same one: each writes its own file completely and then links it to the final name,
 * which only the first can do.
 */
export async function readOrMakeSecret(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  const path = join(dataDir, 'session-secret')
  const known = await readFile(path, 'utf8').catch(nullWhenMissing)
  if (known) return known.trim()
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(own, `${randomBytes(33).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
    await link(own, path).catch(ignoreWhenThere)
  } finally {
    await rm(own, { force: true })
  }
  return (await readFile(path, 'utf8')).trim()
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

function ignoreWhenThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
}
