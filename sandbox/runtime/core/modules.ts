import type { Bundle } from './bundle.ts'

interface Module {
  exports: unknown
}
/** The code of a file as a function, in the world of the mini program. */
export type ModuleCode = (
  module: Module,
  exports: unknown,
  require: (name: string) => unknown,
) => void

/** CommonJS as WeChat's packages have it: relative paths with their ending, each file once. */
export function makeLoader(
  bundle: Bundle,
  evaluate: (path: string, code: string) => ModuleCode,
): (path: string) => unknown {
  const modules = new Map<string, Module>()
  return function load(path: string): unknown {
    const known = modules.get(path)
    if (known) return known.exports
    const code = bundle.files.get(path)
    if (code === undefined) throw new Error(`module '${path}' is not defined`)
    const module: Module = { exports: {} }
    modules.set(path, module)
    evaluate(path, code)(module, module.exports, (name) => load(resolvePath(path, name)))
    return module.exports
  }
}

/** `../ui/a.js` in `pages/b.js` → `ui/a.js`; a leading slash counts from the root. */
export function resolvePath(from: string, name: string): string {
  const parts = name.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of name.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}
