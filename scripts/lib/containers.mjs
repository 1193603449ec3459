// Reads Dockerfile and compose.yaml, for tests that run their commands without containers. Such a
// test shows whether an image holds enough files, and whether the settings fit, without a container
// engine.
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { parse } from 'yaml'
import { root } from './processes.mjs'

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} base an image, or the stage that this one continues
 * @property {{ word: string, rest: string }[]} steps in their order, without FROM
 *
 * @typedef {object} Service
 * @property {string} [image]
 * @property {{ target: string }} [build]
 * @property {string[]} [profiles]
 * @property {Record<string, string>} [environment]
 * @property {Record<string, { condition: string }>} [depends_on]
 * @property {string[]} [ports]
 * @property {string[]} [volumes]
 * @property {{ test: string[] }} [healthcheck]
 *
 * @typedef {{ services: Record<string, Service>, volumes: Record<string, null> }} Compose
 */

const workdir = '/app/'

/** @returns {Map<string, Stage>} */
export function readDockerfile() {
  const lines = readFileSync(`${root}Dockerfile`, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim())
  /** @type {Stage[]} */
  const stages = []
  for (const line of lines) {
    const [, word = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    if (!word) throw new Error(`Dockerfile: this is no instruction: ${line}`)
    if (word === 'FROM') {
      const [, base = '', name = ''] = /^(\S+) AS (\S+)$/.exec(rest) ?? []
      stages.push({ name, base, steps: [] })
    } else stages.at(-1)?.steps.push({ word, rest })
  }
  return new Map(stages.map((stage) => [stage.name, stage]))
}

/**
 * Returns the steps of a stage; those of the stages beneath it come first.
 * @param {string} name
 * @returns {Stage['steps']}
 */
export function stepsOf(name) {
  const stages = readDockerfile()
  const stage = stages.get(name)
  if (!stage) throw new Error(`Dockerfile has no stage ${name}`)
  return [...(stages.has(stage.base) ? stepsOf(stage.base) : []), ...stage.steps]
}

/** @param {string} name @returns {Record<string, string>} */
export function environmentOf(name) {
  return Object.fromEntries(
    stepsOf(name)
      .filter(({ word }) => word === 'ENV')
      .flatMap(({ rest }) => rest.split(/\s+/).map((pair) => pair.split('='))),
  )
}

/**
 * Returns the command that a container of the stage runs, and its health check.
 * @param {string} name
 * @returns {{ command: string[], healthCheck: string[] }}
 */
export function commandsOf(name) {
  const last = (/** @type {string} */ wanted) =>
    stepsOf(name).findLast(({ word }) => word === wanted)?.rest ?? 'CMD []'
  const words = (/** @type {string} */ text) => JSON.parse(text.slice(text.indexOf('[')))
  return { command: words(last('CMD')), healthCheck: words(last('HEALTHCHECK')) }
}

/**
 * Lays out the files that the stage copies, and nothing else. Files that an earlier stage built
 * come from this folder's own build.
 * @param {string} name
 * @param {string} folder
 */
export function layOut(name, folder) {
  for (const { word, rest } of stepsOf(name)) {
    if (word !== 'COPY') continue
    const words = rest.split(/\s+/)
    const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : null
    const to = words.pop() ?? '.'
    for (const source of words) {
      const path = posix.relative('/', posix.join('/', from ? source.replace(workdir, '') : source))
      if (from === null && isIgnored(path))
        throw new Error(`Dockerfile copies ${path}, but .dockerignore leaves it out`)
      if (!existsSync(join(root, path)))
        throw new Error(`Dockerfile copies ${path}: it is not here`)
      const into = join(folder, to.endsWith('/') ? join(to, posix.basename(path)) : to)
      if (path === 'node_modules')
        for (const one of productionPackages()) link(one, join(folder, one))
      else link(path, into)
    }
  }
}

/** The folders of `npm ci --omit=dev`, by the lockfile. @returns {string[]} */
export function productionPackages() {
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'))
  return Object.entries(packages)
    .filter(([path, { dev }]) => path && !dev && existsSync(join(root, path)))
    .map(([path]) => path)
}

/** @param {string} path from the root */
export function isIgnored(path) {
  return readFileSync(`${root}.dockerignore`, 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .some((line) => path === line || path.startsWith(`${line}/`))
}

/**
 * Links every file. A link has the same bytes, and the program finds nothing else there. Packages
 * inside a package are packages of their own.
 * @param {string} path from the root
 * @param {string} to absolute
 */
function link(path, to) {
  const from = join(root, path)
  if (!statSync(from).isDirectory()) {
    mkdirSync(dirname(to), { recursive: true })
    try {
      linkSync(from, to)
    } catch {
      // The target is on another disk.
      copyFileSync(from, to)
    }
    return
  }
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from))
    if (name !== 'node_modules') link(join(path, name), join(to, name))
}

/**
 * Returns compose.yaml with its variables filled in. Like Compose, it fills them into the values
 * after parsing.
 * @param {Record<string, string>} env
 * @returns {Compose}
 */
export function readCompose(env) {
  const fill = (/** @type {string} */ text) =>
    text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name, otherwise = '') => env[name] || otherwise)
  const text = readFileSync(`${root}compose.yaml`, 'utf8')
  return parse(text, (_, value) => (typeof value === 'string' ? fill(value) : value), {
    merge: true,
  })
}

/** A file of settings: NAME=value, a line each. @param {string} file from the root */
export function readSettings(file) {
  return Object.fromEntries(
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
