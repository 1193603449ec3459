import { spawn } from 'node:child_process'
import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startEmbedded } from '../server/base/db/embedded/embedded.ts'
import { required } from './ground.ts'
import { childrenOf, isRunning } from './usage.ts'

/**
 * The embedded PostgreSQL of a directory. It can be killed and started again under the same
 * address.
 */
export interface Victim {
  readonly url: string
  readonly pool: pg.Pool
  /** The user that it runs as, unless it is ours. */
  readonly owner: { uid: number; gid: number }
  /** kill -9 of all its processes. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Stops it in order and starts it again after `awayMs`. */
  restart(awayMs: number): Promise<void>
  /** Stops it for good; running transactions are rolled back. */
  stop(): Promise<void>
}

export async function openVictim(dataDir: string): Promise<Victim> {
  const embedded = await startEmbedded(dataDir)
  const { url } = embedded
  const pool = connected(url)
  const shown = await pool.query<{ data_directory: string }>('show data_directory')
  const directory = required(shown.rows[0]).data_directory
  const { uid, gid } = await stat(directory)
  const owner = { uid, gid }
  const postmaster = async () =>
    Number((await readFile(join(directory, 'postmaster.pid'), 'utf8')).split('\n')[0])

  async function gone(pids: readonly number[]): Promise<void> {
    while ((await Promise.all(pids.map(isRunning))).some(Boolean)) await sleep(10)
  }

  async function shutDown(): Promise<void> {
    const pid = await postmaster().catch(() => null)
    if (pid === null) return
    end(pid, 'SIGINT')
    await gone([pid])
  }

  async function start(): Promise<void> {
    // The same command as the last time, with the same port, so that clients find it again.
    const line = await readFile(join(directory, 'postmaster.opts'), 'utf8')
    const [program = '', ...args] = [...line.trim().matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, bare]) => quoted ?? bare ?? '',
    )
    const log = await open(join(directory, '..', 'log'), 'a')
    const account = process.getuid?.() === 0 ? owner : {}
    spawn(program, args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: join(directory, '..'),
      ...account,
    }).unref()
    await log.close()
    for (const until = Date.now() + 60_000; ; await sleep(20)) {
      const error = await pool.query('select 1').then(
        () => null,
        (failure: unknown) => failure,
      )
      if (error === null) return
      if (Date.now() > until) throw error
    }
  }

  // The product starts an ended PostgreSQL again by itself; only this victim's own orders count.
  await embedded.stop()
  await start()
  return {
    url,
    pool,
    owner,
    start,
    async kill() {
      const parent = await postmaster()
      // Its children are process groups of their own. If we killed only the postmaster's group,
      // they would finish their work.
      const pids = [parent, ...(await childrenOf(parent))]
      for (const pid of pids) end(pid, 'SIGKILL')
      await gone(pids)
    },
    async restart(awayMs) {
      await shutDown()
      await sleep(awayMs)
      await start()
    },
    async stop() {
      await pool.end()
      await shutDown()
    },
  }
}

function connected(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  // A killed database breaks idle connections. The next query opens another.
  pool.on('error', () => undefined)
  return pool
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended before our signal.
  }
}
