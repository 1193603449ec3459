import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

type Kind = 'faults' | 'full'

/** How long a database without an owner may take to end. */
const patienceMs = 10_000

/** Makes a directory whose name tells which run made it. */
export async function ownDirectory(kind: Kind): Promise<string> {
  return mkdtemp(join(tmpdir(), `chatside-${kind}-${process.pid}-`))
}

/**
 * Removes what killed fault runs left: first their databases, which outlive them, then their small
 * disks. It touches only our own directories with such a name whose process has ended. It reports
 * what it cannot remove.
 */
export async function clearLeftovers(): Promise<void> {
  for (const directory of await ofDeadRuns('faults')) await attempt(directory, removeDatabase)
  for (const directory of await ofDeadRuns('full')) await attempt(directory, removeDisk)
}

async function ofDeadRuns(kind: Kind): Promise<string[]> {
  const pattern = new RegExp(`^chatside-${kind}-(\\d+)-\\w+$`)
  const found: string[] = []
  for (const name of await readdir(tmpdir())) {
    const pid = Number(pattern.exec(name)?.[1])
    const path = join(tmpdir(), name)
    if (pid > 0 && !exists(pid) && (await stat(path)).uid === process.getuid?.()) found.push(path)
  }
  return found
}

async function attempt(
  directory: string,
  remove: (directory: string) => Promise<void>,
): Promise<void> {
  try {
    await remove(directory)
    console.log(`Removed what a run that was killed had left: ${directory}`)
  } catch (error) {
    console.log(
      `A run that was killed left ${directory}, which could not be removed: ${error instanceof Error ? error.message.trim() : ''}`,
    )
  }
}

async function removeDatabase(directory: string): Promise<void> {
  const pid = await postmasterOf(directory)
  if (pid !== null) {
    process.kill(pid, 'SIGINT')
    for (const until = Date.now() + patienceMs; exists(pid); await sleep(50))
      if (Date.now() > until) throw new Error(`PostgreSQL ${pid} does not end`)
  }
  await rm(directory, { recursive: true, force: true })
}

/**
 * Returns the process only if it still is the one that was started on this directory, because
 * numbers are reused.
 */
async function postmasterOf(directory: string): Promise<number | null> {
  const data = join(directory, 'postgres', 'data')
  const pid = Number(
    (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0],
  )
  const commandLine = pid > 0 ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : ''
  return commandLine.includes(data) ? pid : null
}

/**
 * Removes the mount point. It is empty unless somebody else has put files there, and we must not
 * delete those.
 */
async function removeDisk(directory: string): Promise<void> {
  const isMounted = (await stat(directory)).dev !== (await stat(dirname(directory))).dev
  if (isMounted) execFileSync('umount', [directory], { stdio: 'pipe' })
  await rmdir(directory)
}

/** A process that we may not signal exists, too. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
