// Which build is made from which sources. A build is stale when the content of its sources has
// changed since it was made.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, tool } from './processes.mjs'
import { step, Stop } from './say.mjs'

/**
 * @typedef {object} Target
 * @property {string} name
 * @property {string} output a file that exists when it was built
 * @property {string[]} from files and folders
 * @property {(env: NodeJS.ProcessEnv) => ReturnType<typeof run>} build
 */

/**
 * The programs, with their sources and their built files. The sandbox's built file is the `bin` of
 * its package.
 */
export const programs = {
  server: { source: 'server/main.ts', built: 'dist/server/main.mjs' },
  sandbox: { source: 'sandbox/main.ts', built: 'dist/sandbox/main.js' },
}

const everywhere = ['package-lock.json', 'shared']
const production = { ...process.env, NODE_ENV: 'production' }

/** @type {Target[]} */
const targets = [
  {
    name: 'sidebar',
    output: 'dist/sidebar/index.html',
    from: ['sidebar', 'vite.config.ts', ...everywhere],
    build: () => tool('vite', ['build', '--logLevel', 'warn'], { env: production }),
  },
  {
    name: 'desk',
    output: 'dist/sandbox/pages/desk/index.html',
    from: ['sandbox/desk', 'sandbox/api.ts', 'package-lock.json'],
    build: () =>
      tool('vite', ['build', '--config', 'sandbox/desk/vite.config.ts', '--logLevel', 'warn'], {
        env: production,
      }),
  },
  {
    name: 'sandbox',
    output: programs.sandbox.built,
    from: ['sandbox', 'scripts/lib/sandbox-package.mjs', 'package-lock.json', 'LICENSE'],
    // In a process of its own: esbuild may not be installed yet when this file is loaded.
    build: () => run(process.execPath, ['scripts/lib/sandbox-package.mjs']),
  },
  {
    name: 'sandbox-types',
    output: 'dist/sandbox/types/client.d.ts',
    from: ['sandbox', 'scripts/lib/sandbox-package.mjs', 'tsconfig.base.json', 'package-lock.json'],
    build: () => run(process.execPath, ['scripts/lib/sandbox-package.mjs', 'types']),
  },
  {
    name: 'server',
    output: programs.server.built,
    from: ['server', 'scripts/lib/bundle.mjs', ...everywhere],
    build: () =>
      run(process.execPath, [
        'scripts/lib/bundle.mjs',
        programs.server.source,
        programs.server.built,
      ]),
  },
  {
    name: 'inspector',
    output: 'dist/sandbox/pages/inspector/index.html',
    from: ['sandbox/inspector', 'sandbox/api.ts', 'package-lock.json'],
    build: () =>
      tool(
        'vite',
        ['build', '--config', 'sandbox/inspector/vite.config.ts', '--logLevel', 'warn'],
        { env: production },
      ),
  },
  {
    name: 'h5',
    output: 'dist/build/h5/index.html',
    from: ['miniprogram', 'scripts/lib/uni.mjs', ...everywhere],
    build: () => run(process.execPath, ['scripts/lib/uni.mjs', 'build']),
  },
  {
    name: 'mp-weixin',
    output: 'dist/build/mp-weixin/app.json',
    from: ['miniprogram', 'scripts/lib/uni.mjs', ...everywhere],
    build: () => run(process.execPath, ['scripts/lib/uni.mjs', 'build', '-p', 'mp-weixin']),
  },
]

/**
 * The builds that the desk shows. Its phone runs the mini program as it is uploaded, and the H5
 * build for links.
 */
export const shown = ['sidebar', 'desk', 'inspector', 'sandbox', 'server', 'mp-weixin', 'h5']

/** Builds what is stale, two at a time. @param {{ only?: string[], force?: boolean }} [options] */
export async function build({ only = targets.map((target) => target.name), force = false } = {}) {
  const waiting = targets.filter(
    (target) => only.includes(target.name) && (force || isStale(target)),
  )
  const worker = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) await make(target)
  }
  await Promise.all([worker(), worker()])
}

/** @param {Target} target */
function isStale(target) {
  const stamp = stampOf(target)
  return (
    !existsSync(join(root, target.output)) ||
    !existsSync(stamp) ||
    readFileSync(stamp, 'utf8') !== fingerprint(target)
  )
}

/** @param {string} name of a target */
export function isBuilt(name) {
  const target = targets.find((one) => one.name === name)
  return target !== undefined && existsSync(join(root, target.output))
}

/** Built from the sources as they are now. @param {string} name of a target */
export function isFresh(name) {
  const target = targets.find((one) => one.name === name)
  return target !== undefined && !isStale(target)
}

/** @param {Target} target */
async function make(target) {
  const print = fingerprint(target)
  await step(`building ${target.name}`, async () => {
    const { code, output } = await target.build(production)
    if (code !== 0 || !existsSync(join(root, target.output)))
      throw new Stop(`The ${target.name} could not be built.\n\n${output.trim()}`)
  })
  const stamp = stampOf(target)
  mkdirSync(join(stamp, '..'), { recursive: true })
  writeFileSync(stamp, print)
}

/** @param {Target} target */
function stampOf(target) {
  return join(root, 'dist/.stamps', target.name)
}

/** @param {Target} target */
function fingerprint(target) {
  const hash = createHash('sha256')
  for (const path of target.from) addTo(hash, path)
  return hash.digest('hex')
}

/** @param {import('node:crypto').Hash} hash @param {string} path */
function addTo(hash, path) {
  const full = join(root, path)
  if (!existsSync(full)) return
  if (statSync(full).isDirectory())
    for (const name of readdirSync(full).sort()) addTo(hash, join(path, name))
  else if (!/\.test\.ts$/.test(path))
    hash.update(path).update('\0').update(readFileSync(full)).update('\0')
}
