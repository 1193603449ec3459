import type { ModuleCode } from '../core/modules.ts'
import type { TemplateGroups } from '../core/glass.ts'

/**
 * The world of a mini program in a browser. Its files are functions inside one function, whose
 * parameters have the names of all that a browser has and WeChat has not: there `window`,
 * `document`, `fetch`, `localStorage` and the like are undefined. `globalThis` is an object of its
 * own.
 */
export interface Scope {
  expose: (names: Record<string, unknown>) => void
  evaluate: (path: string, code: string) => ModuleCode
  evaluateTemplates: (code: string) => TemplateGroups
}

/** ECMAScript and what WeChat gives besides: timers and a console. */
const kept = new Set([
  ...'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON Math Intl ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set WeakMap WeakSet Proxy Reflect Atomics decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape isFinite isNaN'.split(
    ' ',
  ),
  'console',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'eval',
])

export function makeScope(): Scope {
  const world: Record<string, unknown> = {}
  world.globalThis = world
  world.global = world
  // What a file sees under a name stays, whatever a library writes into `globalThis` (uni replaces
  // `wx` there by a copy).
  const given: Record<string, unknown> = { global: world, globalThis: world }
  const exposed = [
    'wx',
    'App',
    'Page',
    'Component',
    'Behavior',
    'getApp',
    'getCurrentPages',
    'global',
    'globalThis',
  ]
  const hidden = [...browserNames()].filter((name) => !kept.has(name) && !exposed.includes(name))
  return {
    expose(names) {
      Object.assign(given, names)
      Object.assign(world, names)
    },
    evaluate(path, code) {
      // The mini program is code that arrives as text, as in WeChat.
      const make = new Function(
        ...hidden,
        ...exposed,
        `return function (module, exports, require) {${code}\n}\n//# sourceURL=miniprogram/${path}`,
      )
      return make(
        ...hidden.map(() => undefined),
        ...exposed.map((name) => given[name]),
      ) as ModuleCode
    },
    evaluateTemplates: (code) =>
      new Function(`return ${code}\n//# sourceURL=miniprogram/templates.js`)() as TemplateGroups,
  }
}

/** All that a frame has under a name that could be written in code, those of its prototypes too. */
function browserNames(): Set<string> {
  const names = new Set<string>()
  for (
    let at: object | null = window;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  )
    for (const name of Object.getOwnPropertyNames(at))
      if (/^[a-zA-Z_$][\w$]*$/.test(name)) names.add(name)
  return names
}
