// The size budgets of DESIGN §13, compared with the builds.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './processes.mjs'

const KB = 1024

/**
 * The chunks of the first customer route. The customer page is part of the app's first chunk. Later
 * downloads (the rows of a long list, details) do not count.
 */
const firstRoute = ['index.html']

/**
 * @typedef {{ file: string, src?: string, isEntry?: boolean, imports?: string[], css?: string[] }}
 * Chunk
 * @typedef {{ what: string, is: number, most: number, unit: string }} Size
 */

/**
 * Returns what the sidebar's first customer route downloads: gzip bytes of JS and CSS, and requests
 * including the page itself.
 */
export function sidebarFirstRoute() {
  const folder = join(root, 'dist/sidebar')
  /** @type {Record<string, Chunk>} */
  const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'))
  /** @type {Set<string>} */
  const files = new Set()
  const visit = (/** @type {string} */ key) => {
    const chunk = manifest[key]
    if (!chunk || files.has(chunk.file)) return
    files.add(chunk.file)
    chunk.css?.forEach((css) => files.add(css))
    chunk.imports?.forEach(visit)
  }
  for (const wanted of firstRoute) {
    if (!manifest[wanted])
      throw new Error(
        `${wanted} is not in the sidebar's manifest: name the chunks of the first route in scripts/lib/sizes.mjs`,
      )
    visit(wanted)
  }
  const assets = [...files].map((file) => ({
    file,
    bytes: gzipSync(readFileSync(join(folder, file)), { level: 9 }).length,
  }))
  return {
    assets,
    bytes: assets.reduce((sum, { bytes }) => sum + bytes, 0),
    requests: assets.length + 1,
  }
}

/**
 * Returns the bytes of the mini program's main package: everything outside the roots of
 * subpackages.
 */
export function miniprogramMainPackage() {
  const folder = join(root, 'dist/build/mp-weixin')
  const { subPackages = [], subpackages = subPackages } = JSON.parse(
    readFileSync(join(folder, 'app.json'), 'utf8'),
  )
  const roots = subpackages.map((/** @type {{ root: string }} */ { root: path }) =>
    join(folder, path),
  )
  return bytesOf(folder, (path) =>
    roots.some(
      (/** @type {string} */ subpackage) =>
        path === subpackage || path.startsWith(`${subpackage}/`),
    ),
  )
}

/** @param {string} path @param {(path: string) => boolean} without @returns {number} */
function bytesOf(path, without) {
  if (without(path)) return 0
  if (!statSync(path).isDirectory())
    return /project\.(private\.)?config\.json$/.test(path) ? 0 : statSync(path).size
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name), without), 0)
}

/** @returns {Size[]} */
export function sizes() {
  const first = sidebarFirstRoute()
  return [
    { what: 'sidebar, first customer route, gzip', is: first.bytes / KB, most: 95, unit: 'KB' },
    { what: 'sidebar, first customer route, requests', is: first.requests, most: 8, unit: '' },
    {
      what: 'mini program, main package',
      is: miniprogramMainPackage() / KB,
      most: 300,
      unit: 'KB',
    },
  ]
}

/**
 * Prints the sizes.
 * @throws Error naming what is over its budget
 */
export function checkSizes() {
  if (!existsSync(join(root, 'dist/sidebar/.vite/manifest.json')))
    throw new Error('the sidebar is not built')
  const all = sizes()
  for (const { what, is, most, unit } of all)
    console.log(`      ${what.padEnd(42)} ${is.toFixed(unit ? 1 : 0)} of ${most} ${unit}`)
  const over = all.filter(({ is, most }) => is > most)
  if (over.length > 0) {
    const parts = sidebarFirstRoute().assets.map(
      ({ file, bytes }) => `  ${(bytes / KB).toFixed(1).padStart(6)} KB  ${file}`,
    )
    throw new Error(`over budget: ${over.map(({ what }) => what).join('; ')}\n${parts.join('\n')}`)
  }
}
