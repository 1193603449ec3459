import { readdir, readFile } from 'node:fs/promises'

/** What processes use, from /proc. On other systems every figure is NaN, and the tables say so. */

/** The kernel's clock ticks are hundredths of a second on every Linux that Node runs on. */
const ticksPerSecond = 100

interface Stat {
  parent: number
  state: string
  /** Of the process. */
  seconds: number
  /** Of its children that have ended. */
  endedSeconds: number
}

async function stat(pid: number): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (text === null) return null
  // The name, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const seconds = (from: number) =>
    (Number(fields[from]) + Number(fields[from + 1])) / ticksPerSecond
  return {
    parent: Number(fields[1]),
    state: fields[0] ?? '',
    seconds: seconds(11),
    endedSeconds: seconds(13),
  }
}

/** Returns the processor seconds of a process so far. */
export async function cpuSeconds(pid: number): Promise<number> {
  return (await stat(pid))?.seconds ?? Number.NaN
}

/** Returns those of a process with all its children, such as a PostgreSQL by its postmaster. */
export async function cpuSecondsOfFamily(pid: number): Promise<number> {
  const own = await stat(pid)
  if (!own) return Number.NaN
  const stats = await Promise.all((await childrenOf(pid)).map(stat))
  const children = stats.reduce((sum, one) => sum + (one?.seconds ?? 0), 0)
  return own.seconds + own.endedSeconds + children
}

/** Of a process and its children that live, to the nanosecond: for what takes milliseconds. */
export async function fineCpuSecondsOfFamily(pid: number): Promise<number> {
  const each = await Promise.all([pid, ...(await childrenOf(pid))].map(fineCpuSeconds))
  return each.reduce((sum, one) => sum + one, 0)
}

/** Of the only thread of a process; 0 when it has ended. */
async function fineCpuSeconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '0')
  return Number(text.split(' ')[0]) / 1e9
}

export async function parentOf(pid: number): Promise<number> {
  return (await stat(pid))?.parent ?? Number.NaN
}

/** Returns the resident memory in megabytes. */
export async function residentMb(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? Number.NaN) / 1024
}

export async function childrenOf(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const stats = await Promise.all(pids.map(stat))
  return pids.filter((_, index) => stats[index]?.parent === pid)
}

/** Returns false also for a process that has ended but was not reaped. */
export async function isRunning(pid: number): Promise<boolean> {
  const found = await stat(pid)
  return found !== null && found.state !== 'Z'
}
