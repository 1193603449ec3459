import { randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { EmbeddedDatabaseError } from './place.ts'

const patience = 60_000

/**
 * The locks that this process holds. A lock with our process id that is not in this map is an old
 * one: in a container every start has the same id.
 */
const held = new Map<string, string>()

/**
 * Runs `work` while no other process starts or stops PostgreSQL. The lock file holds the owner's
 * process id, so the lock of a killed owner is recognised and removed.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(own, `${process.pid}\n`)
  try {
    const deadline = Date.now() + patience
    // A hard link appears complete or not at all. It fails when the name is taken.
    while (!(await tryLink(own, path))) {
      await removeWhenStale(path)
      if (Date.now() > deadline)
        throw new EmbeddedDatabaseError(
          `Another process holds ${path} for a minute already. End it, or remove the file.`,
        )
      await wait(30)
    }
    held.set(path, own)
    try {
      return await work()
    } finally {
      await rm(path, { force: true })
      // Another caller of this process may have taken the lock meanwhile.
      if (held.get(path) === own) held.delete(path)
    }
  } finally {
    await rm(own, { force: true })
  }
}

async function tryLink(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function removeWhenStale(path: string): Promise<void> {
  const pid = Number((await readFile(path, 'utf8').catch(() => '')).trim())
  if (!pid) return
  const isAlive = pid === process.pid ? held.has(path) : runs(pid)
  if (!isAlive) await rm(path, { force: true })
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
