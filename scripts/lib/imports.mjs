// Who imports whom, in the whole repository. The check on circles and `npm run house` read this.
// Imports of types count, and so do dynamic imports.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { root } from './processes.mjs'

/** @typedef {Map<string, Set<string>>} Graph each file's imports, all from the root */

const source = /\.(?:ts|mjs|js|vue)$/
const plants = /^scripts\/(?:walls|safety)\.test\.ts$/
const specifiers =
  /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\(\s*)(['"])(\.{1,2}\/[^'"]+)\1/g

/**
 * Returns every source file that is or would be committed, except the tests that hold planted
 * imports as texts.
 * @returns {string[]}
 */
export function sources() {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard']
  return execFileSync('git', list, { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => source.test(file) && !plants.test(file) && existsSync(join(root, file)))
}

/**
 * Returns the relative imports of these files that lead to one of them.
 * @param {readonly string[]} files
 * @param {(file: string) => string} read
 * @returns {Graph}
 */
export function importGraph(files, read = (file) => readFileSync(join(root, file), 'utf8')) {
  const known = new Set(files)
  return new Map(
    files.map((file) => {
      const targets = [...read(file).matchAll(specifiers)].map(([, , path = '']) =>
        posix.normalize(posix.join(posix.dirname(file), path.replace(/\?.*$/, ''))),
      )
      return [file, new Set(targets.filter((target) => known.has(target)))]
    }),
  )
}

/**
 * Returns the groups of files that import each other, largest first (Tarjan's algorithm). Without
 * an import circle there is none.
 * @param {Graph} graph
 * @returns {string[][]}
 */
export function circlesIn(graph) {
  /** @type {Map<string, { index: number, low: number, onStack: boolean }>} */
  const seen = new Map()
  /** @type {string[]} */
  const stack = []
  /** @type {string[][]} */
  const circles = []

  /** @param {string} file */
  function visit(file) {
    const own = { index: seen.size, low: seen.size, onStack: true }
    seen.set(file, own)
    stack.push(file)
    for (const next of graph.get(file) ?? []) {
      const known = seen.get(next)
      if (!known) own.low = Math.min(own.low, visit(next).low)
      else if (known.onStack) own.low = Math.min(own.low, known.index)
    }
    if (own.low === own.index) {
      const group = stack.splice(stack.indexOf(file))
      for (const member of group) {
        const one = seen.get(member)
        if (one) one.onStack = false
      }
      if (group.length > 1 || graph.get(file)?.has(file)) circles.push(group.sort())
    }
    return own
  }

  for (const file of graph.keys()) if (!seen.has(file)) visit(file)
  return circles.sort((one, other) => other.length - one.length)
}
