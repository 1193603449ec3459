// Runs `npm ci` when the installed packages differ from the lockfile. It uses Node's built-ins
// only, because it runs before anything is installed.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { root, run } from './processes.mjs'
import { step, Stop } from './say.mjs'

const stamp = `${root}node_modules/.chatside-lock`

export async function ensureInstalled() {
  checkNode()
  const hash = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  if (!matchesLockfile()) await step('installing packages (about a minute)', install)
  writeFileSync(stamp, hash)
}

/** @throws Stop on a Node that is too old, with the version that is needed */
function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    throw new Stop(`Chatside needs Node 20.19 or newer, this is ${process.versions.node}.`)
}

/**
 * Whether npm's own record of node_modules has every package of the lockfile in its version. That
 * is so after `npm install` too.
 */
function matchesLockfile() {
  const record = `${root}node_modules/.package-lock.json`
  if (!existsSync(record)) return false
  const installed = packagesOf(record)
  return Object.entries(packagesOf(`${root}package-lock.json`)).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' ||
      (installed[path] ? installed[path].version === version : Boolean(optional ?? devOptional)),
  )
}

/**
 * @param {string} file
 * @returns {Record<string, { version: string, optional?: boolean, devOptional?: boolean }>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {}
}

async function install() {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev']
  const npm = process.env.npm_execpath
  const { code, output } = npm
    ? await run(process.execPath, [npm, ...args])
    : await run('npm', args)
  if (code !== 0)
    throw new Stop(
      `npm could not install the packages. Check the network or the registry setting of npm, then run the command again.\n\n${output.trim()}`,
    )
}
