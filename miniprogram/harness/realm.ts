import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import vm from 'node:vm'
import { Window } from 'happy-dom'
import { trigger } from '#sandbox/runtime/core/events'
import type { Bundle } from '#sandbox/runtime/core/bundle'
import type { Adapter, Framework, GlassElement, TemplateGroups } from '#sandbox/runtime/core/glass'
import type { ModuleCode } from '#sandbox/runtime/core/modules'
import { isHarmless, mostSetDataBytes, Program } from '#sandbox/runtime/core/program'
import type { Phone } from './phone.ts'

const require = createRequire(import.meta.url)
const frameworkCode = readFileSync(require.resolve('glass-easel'), 'utf8')
const adapterCode = readFileSync(require.resolve('glass-easel-miniprogram-adapter'), 'utf8')

export interface HTMLNode {
  __wxElement?: GlassElement
  tagName: string
  textContent: string
  getAttribute(name: string): string | null
  querySelectorAll(selector: string): Iterable<HTMLNode>
  contains(other: HTMLNode): boolean
  appendChild(child: HTMLNode): void
  parentNode: HTMLNode | null
}

export interface Realm {
  program: Program<HTMLNode>
  trigger(target: GlassElement, name: string, detail: unknown): void
  setDataCalls: { bytes: number }[]
}

/**
 * A JavaScript world for a mini program: ECMAScript, console, timers, `wx`, and nothing of Node or
 * a browser. WeChat's own component framework runs inside it, and only the framework gets the
 * document. The runtime opens the mini program in it, just as on the desk's phone.
 */
export function makeRealm(bundle: Bundle, phone: Phone): Realm {
  const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } })
  const run: Run = <T>(code: string, filename: string) =>
    new vm.Script(code, { filename }).runInContext(context) as T
  const world = run<Record<string, unknown>>('globalThis', 'world.js')
  const parse = run<(text: string) => unknown>('JSON.parse', 'world.js')
  const share = <T>(value: T): T =>
    value === null || typeof value !== 'object' ? value : (parse(JSON.stringify(value)) as T)
  furnish(world, run, phone)

  const window = new Window()
  const framework = commonJs<Framework>(
    run,
    frameworkCode,
    'glass-easel.js',
    () => undefined,
    window,
  )
  const adapter = commonJs<Adapter<HTMLNode>>(
    run,
    adapterCode,
    'glass-easel-miniprogram-adapter.js',
    () => framework,
    window,
  )
  const document = window.document as unknown as { createElement(tag: string): HTMLNode }
  const setDataCalls: { bytes: number }[] = []

  const program = new Program<HTMLNode>(
    {
      framework,
      adapter,
      share,
      evaluate: (path, code) =>
        run<ModuleCode>(`(function (module, exports, require) {${code}\n})`, path),
      evaluateTemplates: (code) => run<TemplateGroups>(code, 'templates.js'),
      expose: (names) => Object.assign(world, { wx: phone.wx(share) }, names),
      noteSetData(bytes) {
        if (bytes > mostSetDataBytes) phone.violations.push(`setData: ${bytes} bytes`)
        setDataCalls.push({ bytes })
      },
      mount() {
        const parent = document.createElement('div')
        const placeholder = document.createElement('div')
        parent.appendChild(placeholder)
        return { parent, placeholder }
      },
    },
    bundle,
  )
  return {
    program,
    trigger: (target, name, detail) => trigger(framework, target, name, share(detail)),
    setDataCalls,
  }
}

/**
 * The phone's console, timers and time. Parts of ECMAScript that WeChat's oldest clients lack are
 * removed.
 */
function furnish(world: Record<string, unknown>, run: Run, phone: Phone): void {
  // Parts of ECMAScript that WeChat's oldest clients lack (Chrome 86, iOS 13).
  run(
    'delete Array.prototype.at; delete String.prototype.replaceAll; delete Object.hasOwn; delete Array.prototype.findLast; delete globalThis.WeakRef',
    'world.js',
  )
  const { clock } = phone
  const complain = (kind: string, words: unknown[]) => {
    if (!isHarmless(String(words[0])))
      phone.violations.push(`console.${kind}: ${words.map(inWords).join(' ')}`)
  }
  Object.assign(world, {
    // uni and the framework catch errors of pages and print them, so nothing may be printed.
    console: {
      ...console,
      warn: (...words: unknown[]) => complain('warn', words),
      error: (...words: unknown[]) => complain('error', words),
    },
    setTimeout: (task: () => void, ms?: number) => clock.set(task, ms),
    clearTimeout: (id?: number) => clock.clear(id),
    setInterval: (task: () => void, ms?: number) => clock.set(task, ms, true),
    clearInterval: (id?: number) => clock.clear(id),
    now: () => clock.now,
    global: world,
  })
  run(
    `{
       const now = globalThis.now
       delete globalThis.now
       const Real = Date
       globalThis.Date = class Date extends Real {
         constructor(...args) { if (args.length) super(...args); else super(now()) }
         static now() { return now() }
       }
     }`,
    'world.js',
  )
}

function inWords(word: unknown): string {
  return typeof word === 'object' && word !== null && 'stack' in word
    ? String(word.stack)
    : String(word)
}

type Run = <T>(code: string, filename: string) => T

function commonJs<T>(
  run: Run,
  code: string,
  filename: string,
  resolve: (name: string) => unknown,
  window: Window,
): T {
  const wrapper = run<(...args: unknown[]) => void>(
    `(function (module, exports, require, window, document) {${code}\n})`,
    filename,
  )
  const module = run<{ exports: T }>('({ exports: {} })', filename)
  // The document is a parameter of the framework alone; the app cannot see it.
  wrapper(module, module.exports, resolve, window, window.document)
  return module.exports
}
