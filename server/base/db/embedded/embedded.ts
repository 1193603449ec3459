import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { EmbeddedDatabaseError, findPlace, type Place } from './place.ts'
import { type Guard, postGuard } from './guard.ts'
import { withLock } from './lock.ts'

export { EmbeddedDatabaseError }

export interface Embedded {
  url: string
  /** Disconnects from the database. The last process to do so stops PostgreSQL. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** PostgreSQL settings that override ours, e.g. `{ fsync: 'off' }` in tests. */
  settings?: Readonly<Record<string, string>>
  /** Called when PostgreSQL ended and cannot run again, with a sentence for the operator. */
  onLost?: (error: EmbeddedDatabaseError) => void
}

/**
 * Returns a sixteenth of the memory, because other programs share the machine. It stays between
 * PostgreSQL's own default and half a gigabyte; a larger database wants a server of its own.
 */
function buffersMb(machineMb: number): number {
  return Math.round(Math.min(512, Math.max(128, machineMb / 16)))
}

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  // The data lies on an SSD or in memory, so an index scan does not cost four times a table scan.
  random_page_cost: '1.1',
  shared_buffers: `${buffersMb(totalmem() / 1024 / 1024)}MB`,
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/** The pauses before each further try to start a PostgreSQL that has ended. */
const pausesMs = [0, 500, 1_000, 2_000, 4_000]
/** The log of PostgreSQL is set aside at a start when it is larger; one older part is kept. */
const mostLogBytes = 10 * 1024 * 1024

const user = 'chatside'
const presence = 'chatside presence'

/**
 * Returns the PostgreSQL of `dataDir`. The first call makes it. Later calls start it, or join it
 * when another server process started it. Each process holds one connection to show that it is
 * there. When PostgreSQL ends by itself, it is started again at the same address. When the last
 * process is killed, a guard stops PostgreSQL.
 * @throws EmbeddedDatabaseError with a sentence for the operator
 */
export async function startEmbedded(
  dataDir: string,
  options: EmbeddedOptions = {},
): Promise<Embedded> {
  const place = await findPlace(dataDir)
  const lock = join(dataDir, 'postgres.lock')
  const given = { ...settings, ...options.settings }
  let stopping = false
  let here: pg.Client

  return withLock(lock, async () => {
    const password = await makeCluster(place)
    const guard = await postGuard(join(dataDir, 'postgres.present'), dataOf(place))
    try {
      const url = (await findRunning(place, password)) ?? (await launch(place, password, given))
      await arrive(url)
      return { url, stop: () => leave(guard) }

      async function arrive(at: string): Promise<void> {
        here = await connect(at, presence)
        here.once('end', () => {
          if (!stopping) void recover()
        })
      }

      /** PostgreSQL has ended, or only our connection to it. The address stays the same. */
      async function recover(): Promise<void> {
        let reason = ''
        for (const pause of pausesMs) {
          await wait(pause)
          try {
            await withLock(lock, async () => {
              if (stopping) return
              const running = await findRunning(place, password)
              if (running === null) await launch(place, password, given, Number(new URL(url).port))
              else if (running !== url)
                throw new EmbeddedDatabaseError('it runs at another port now')
              await arrive(url)
            })
            return
          } catch (error) {
            reason = error instanceof Error ? error.message : String(error)
          }
        }
        if (stopping) return
        options.onLost?.(
          new EmbeddedDatabaseError(
            `The embedded PostgreSQL in ${place.directory} ended, and could not be started again: ${reason}`,
          ),
        )
      }
    } catch (error) {
      await guard.dismiss()
      throw error
    }
  })

  function leave(guard: Guard): Promise<void> {
    stopping = true
    return withLock(lock, async () => {
      const others = await here
        .query<{ count: number }>(
          'select count(*)::int as count from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()',
          [presence],
        )
        .catch(() => null)
      await here.end().catch(() => undefined)
      // No answer means that PostgreSQL is gone already.
      if (others?.rows[0]?.count === 0) await shutDown(place)
      await guard.dismiss()
    })
  }
}

function dataOf(place: Place): string {
  return join(place.directory, 'data')
}

async function makeCluster(place: Place): Promise<string> {
  const passwordFile = join(place.directory, 'password')
  const finished = await stat(join(place.directory, 'data', 'chatside-ready')).catch(() => null)
  if (finished) return (await readFile(passwordFile, 'utf8')).trim()

  // A killed first start may have left files; they hold no data yet.
  await rm(dataOf(place), { recursive: true, force: true })
  const password = randomBytes(24).toString('base64url')
  await makeDirectory(place)
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (place.account) await chown(passwordFile, place.account.uid, place.account.gid)
  // The built-in provider sorts and cases the same on every machine, independent of its locales.
  const locale = [
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]
  await run(place, 'initdb', [
    '-D',
    dataOf(place),
    '-U',
    user,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    ...locale,
    '--no-instructions',
  ])
  await writeFile(join(place.directory, 'data', 'chatside-ready'), '')
  return password
}

async function makeDirectory(place: Place): Promise<void> {
  await mkdir(place.directory, { recursive: true })
  if (place.account) await chown(place.directory, place.account.uid, place.account.gid)
}

/** Reads postmaster.pid: line 1 is the process, line 4 the port. The file outlives a crash. */
async function readPostmaster(place: Place): Promise<{ pid: number; port: number } | null> {
  const text = await readFile(join(place.directory, 'data', 'postmaster.pid'), 'utf8').catch(
    () => '',
  )
  const lines = text.split('\n')
  const pid = Number(lines[0])
  const port = Number(lines[3])
  return pid > 0 && isAlive(pid) ? { pid, port } : null
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const patience = 30_000

/**
 * Returns the address of the PostgreSQL that runs on our data, or null. Waits while it starts or
 * stops.
 */
async function findRunning(place: Place, password: string): Promise<string | null> {
  const directory = dataOf(place)
  const deadline = Date.now() + patience
  for (;;) {
    const postmaster = await readPostmaster(place)
    if (!postmaster) return null
    if (!(await isPostgresOf(directory, postmaster.pid))) {
      // A killed PostgreSQL left this file. Its number belongs to another process by now, and
      // PostgreSQL would refuse to start.
      await rm(join(directory, 'postmaster.pid'), { force: true })
      return null
    }
    const url = urlOf(postmaster.port, password)
    if (postmaster.port > 0 && (await answers(url))) return url
    if (Date.now() > deadline) {
      throw new EmbeddedDatabaseError(
        `PostgreSQL runs on ${directory} (process ${postmaster.pid}), but does not answer. End that process, then start again.`,
      )
    }
    await wait(50)
  }
}

/** Whether the process is a PostgreSQL that was started on this directory. */
async function isPostgresOf(directory: string, pid: number): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() =>
    promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => '',
    ),
  )
  return commandLine.includes(directory)
}

/** Returns false while PostgreSQL starts or stops. */
async function answers(url: string): Promise<boolean> {
  try {
    const client = await connect(url, 'chatside probe')
    await client.end()
    return true
  } catch (error) {
    // The password belongs to this cluster, so any other error means that something is wrong with
    // it.
    const startingOrStopping =
      error instanceof pg.DatabaseError ? error.code === '57P03' : error instanceof Error
    if (!startingOrStopping) throw error
    return false
  }
}

async function connect(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

function urlOf(port: number, password: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/postgres`
}

async function launch(
  place: Place,
  password: string,
  given: Readonly<Record<string, string>>,
  samePort?: number,
): Promise<string> {
  const logPath = join(place.directory, 'log')
  await setAside(logPath)
  for (let attempt = 1; ; attempt += 1) {
    const port = samePort ?? (await freePort())
    const log = await open(logPath, 'a')
    const flags = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    // A process group of its own: Ctrl-C in the terminal reaches only us, and we stop PostgreSQL
    // after the last request.
    const child = spawn(
      join(place.programs, 'bin', 'postgres'),
      ['-D', dataOf(place), '-p', String(port), ...flags],
      {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        cwd: place.directory,
        ...place.account,
      },
    )
    let failure: string | undefined
    child.on('error', (error) => (failure = error.message))
    child.on('exit', (code, signal) => (failure = `it ended with ${signal ?? `code ${code}`}`))
    child.unref()
    await log.close()

    const url = urlOf(port, password)
    const deadline = Date.now() + patience
    while (failure === undefined && Date.now() < deadline) {
      if (await answers(url)) return url
      await wait(20)
    }
    const said = (await readFile(logPath, 'utf8')).trim().split('\n').slice(-5).join('\n')
    // Another program may have taken the free port meanwhile.
    if (attempt < 3 && samePort === undefined && /Address already in use/.test(said)) continue
    throw new EmbeddedDatabaseError(
      `The embedded PostgreSQL in ${place.directory} did not start: ${failure ?? 'no answer in 30 seconds'}. Its last words:\n${said}\nSet DATABASE_URL to use another PostgreSQL.`,
    )
  }
}

async function setAside(logPath: string): Promise<void> {
  const { size } = await stat(logPath).catch(() => ({ size: 0 }))
  if (size > mostLogBytes) await rename(logPath, `${logPath}.1`)
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      )
    })
  })
}

async function run(place: Place, program: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(join(place.programs, 'bin', program), [...args], {
      cwd: place.directory,
      env: { ...process.env, LC_ALL: 'C' },
      ...place.account,
    })
  } catch (cause) {
    const said =
      cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause)
    throw new EmbeddedDatabaseError(
      `The embedded PostgreSQL could not be set up in ${place.directory}: ${said}\nSet DATABASE_URL to use another PostgreSQL.`,
      { cause },
    )
  }
}

async function shutDown(place: Place): Promise<void> {
  const postmaster = await readPostmaster(place)
  if (!postmaster) return
  // SIGINT = fast shutdown: running transactions are rolled back, the rest is checkpointed.
  process.kill(postmaster.pid, 'SIGINT')
  const deadline = Date.now() + patience
  // PostgreSQL removes the file last. We watch the file, because a process that nobody reaps would
  // look alive for ever.
  while ((await readPostmaster(place)) && Date.now() < deadline) await wait(20)
}
