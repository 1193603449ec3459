import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import vm from 'node:vm'
import { Window } from 'happy-dom'
import type { Bundle } from './bundle.ts'
import type { Phone } from './phone.ts'

const require = createRequire(import.meta.url)
const frameworkCode = readFileSync(require.resolve('glass-easel'), 'utf8')
const adapterCode = readFileSync(require.resolve('glass-easel-miniprogram-adapter'), 'utf8')

/** The parts of glass-easel 0.12.1 that we touch. Two of them (`setEventListenerWrapper`, `__wxElement`) are internals: the version is pinned. */
export interface GlassElement {
  dataset: Record<string, unknown>
  id: string
  getBackendElement(): HTMLNode
}

export interface HTMLNode {
  __wxElement?: GlassElement
  tagName: string
  textContent: string
  getAttribute(name: string): string | null
  querySelectorAll(selector: string): Iterable<HTMLNode>
  contains(other: HTMLNode): boolean
  parentNode: HTMLNode | null
}

export interface GlassComponent extends GlassElement {
  shadowRoot?: GlassNode
  childNodes: GlassNode[]
  triggerLifetime(name: string, args: unknown[]): void
}

export interface GlassNode {
  childNodes?: GlassNode[]
  shadowRoot?: GlassNode
  triggerLifetime?(name: string, args: unknown[]): void
}

/** What `this` is inside a page. */
export interface PageInstance {
  route: string
  options: Record<string, string>
  [method: string]: unknown
}

export interface Root {
  get(): PageInstance
  getComponent(): GlassComponent
  attach(parent: object, placeholder: object): void
  release(): void
}

interface CodeSpace {
  getComponentSpace(): { updateComponentOptions(options: object): void }
  addComponentStaticConfig(path: string, config: object): void
  addCompiledTemplate(path: string, template: object): void
  componentEnv<T>(
    path: string,
    run: (env: { Page: unknown; Component: (definition: unknown) => void; Behavior: (definition: unknown) => unknown }) => T,
  ): T
}

interface Adapter {
  MiniProgramEnv: new () => {
    createCodeSpace(id: string, main: boolean): CodeSpace
    associateBackend(): { createRoot(tag: string, space: CodeSpace, path: string): Root }
  }
  component: { ComponentCaller: { prototype: { setData(this: object, data: object, done?: () => void): void } } }
}

interface Framework {
  triggerEvent(target: GlassElement, name: string, detail: unknown, options: object): void
}

export interface AppOptions {
  onLaunch?(options: object): void
  onShow?(options: object): void
  onHide?(): void
}

export interface Realm {
  createRoot(path: string): Root
  /** The document that the pages are rendered into. */
  document: { createElement(tag: string): HTMLNode & { appendChild(child: object): void } }
  trigger(target: GlassElement, name: string, detail: unknown): void
  app: AppOptions
  /** A plain value made of the realm's own objects. */
  share: <T>(value: T) => T
  setDataCalls: { bytes: number }[]
  currentPages: PageInstance[]
}

/** uni renders first with empty data, and hands `hidden` to components that know no such property; WeChat says nothing of either. */
const harmless = ['The for-list data is neither Array nor Object', '"hidden" is not a valid property', '"virtualHost']

/** wx setData: at most 1024 kB a call. */
const mostSetDataBytes = 1024 * 1024

/**
 * A JavaScript world as a mini program sees it: ECMAScript, console, timers, `wx`, and nothing of Node or a browser. WeChat's own component
 * framework runs inside it, on a document that is handed to it alone.
 */
export function makeRealm(bundle: Bundle, phone: Phone): Realm {
  const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } })
  const run = <T>(code: string, filename: string) => new vm.Script(code, { filename }).runInContext(context) as T
  const world = run<Record<string, unknown>>('globalThis', 'world.js')
  const parse = run<(text: string) => unknown>('JSON.parse', 'world.js')
  const share = <T>(value: T): T => (value === null || typeof value !== 'object' ? value : (parse(JSON.stringify(value)) as T))

  // ECMAScript that came after what WeChat's oldest clients have (Chrome 86, iOS 13).
  run(
    'delete Array.prototype.at; delete String.prototype.replaceAll; delete Object.hasOwn; delete Array.prototype.findLast; delete globalThis.WeakRef',
    'world.js',
  )
  const { clock } = phone
  const complain = (kind: string, words: unknown[]) => {
    if (!harmless.some((one) => String(words[0]).includes(one))) phone.violations.push(`console.${kind}: ${words.map(inWords).join(' ')}`)
  }
  Object.assign(world, {
    // uni and the framework catch what pages throw, and print it: nothing may be printed.
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
    `{ const now = globalThis.now; delete globalThis.now; const Real = Date
       globalThis.Date = class Date extends Real { constructor(...args) { if (args.length) super(...args); else super(now()) } static now() { return now() } } }`,
    'world.js',
  )

  const window = new Window()
  const framework = commonJs<Framework>(run, frameworkCode, 'glass-easel.js', () => undefined, window)
  const adapter = commonJs<Adapter>(run, adapterCode, 'glass-easel-miniprogram-adapter.js', () => framework, window)

  const setDataCalls: { bytes: number }[] = []
  const caller = adapter.component.ComponentCaller.prototype
  const { setData } = caller
  // WeChat sends data to the view as JSON: what JSON cannot carry does not arrive.
  caller.setData = function (data, done) {
    const text = JSON.stringify(data)
    if (text.length > mostSetDataBytes) phone.violations.push(`setData: ${text.length} bytes`)
    setDataCalls.push({ bytes: text.length })
    setData.call(this, parse(text) as object, done)
  }

  const environment = new adapter.MiniProgramEnv()
  const space = environment.createCodeSpace('', true)
  // uni puts its handlers on the instance and names them in `bindtap="{{b}}"`.
  space.getComponentSpace().updateComponentOptions({ useMethodCallerListeners: true })
  addTemplates(space, bundle, run)

  const currentPages: PageInstance[] = []
  let app: AppOptions = {}
  let define: { Component: (definition: unknown) => void; Behavior: (definition: unknown) => unknown } | null = null
  Object.assign(world, {
    wx: phone.wx(share),
    App: (options: AppOptions) => (app = options),
    getApp: () => app,
    getCurrentPages: () => currentPages,
    // uni remembers these when its runtime is loaded, so they look up whose file is being evaluated.
    Page: () => {
      throw new Error('uni makes pages with Component()')
    },
    Component: (definition: unknown) => define?.Component(definition),
    Behavior: (definition: unknown) => define?.Behavior(definition),
  })

  const load = loader(bundle, run)
  load('app.js')
  for (const path of bundle.components) {
    space.componentEnv(path, (env) => {
      define = env
      load(`${path}.js`)
      define = null
    })
  }
  const backend = environment.associateBackend()

  return {
    createRoot: (path) => backend.createRoot('body', space, path),
    document: window.document as unknown as Realm['document'],
    trigger: (target, name, detail) =>
      framework.triggerEvent(target, name, share(detail), { bubbles: bubbles(name), composed: bubbles(name), capturePhase: true }),
    app,
    share,
    setDataCalls,
    currentPages,
  }
}

function inWords(word: unknown): string {
  return typeof word === 'object' && word !== null && 'stack' in word ? String(word.stack) : String(word)
}

/** WeChat's touch events rise through the tree; the events of built-in components (input, change …) do not. */
function bubbles(name: string): boolean {
  return name === 'tap' || name.startsWith('touch')
}

type Run = <T>(code: string, filename: string) => T

function commonJs<T>(run: Run, code: string, filename: string, resolve: (name: string) => unknown, window: Window): T {
  const wrapper = run<(...args: unknown[]) => void>(`(function (module, exports, require, window, document) {${code}\n})`, filename)
  const module = run<{ exports: T }>('({ exports: {} })', filename)
  // The document is a parameter of the framework alone: the app cannot see it.
  wrapper(module, module.exports, resolve, window, window.document)
  return module.exports
}

function loader(bundle: Bundle, run: Run): (path: string) => unknown {
  const modules = new Map<string, { exports: unknown }>()
  return function load(path: string): unknown {
    const known = modules.get(path)
    if (known) return known.exports
    const code = bundle.files.get(path)
    if (code === undefined) throw new Error(`the bundle has no ${path}`)
    const module = run<{ exports: unknown }>('({ exports: {} })', path)
    modules.set(path, module)
    const wrapper = run<(...args: unknown[]) => void>(`(function (module, exports, require) {${code}\n})`, path)
    wrapper(module, module.exports, (name: string) => load(resolvePath(path, name)))
    return module.exports
  }
}

function resolvePath(from: string, name: string): string {
  const parts = from.split('/').slice(0, -1)
  for (const part of name.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

interface ProcGenWrapper {
  setEventListenerWrapper(wrapper: (element: object, event: GlassEvent, listener: (event: object) => unknown) => unknown): void
}
type ProcGen = (wrapper: ProcGenWrapper, ...rest: unknown[]) => unknown

interface GlassEvent {
  type: string
  timeStamp: number
  detail: unknown
  target: GlassElement
  currentTarget: GlassElement
}

function addTemplates(space: CodeSpace, bundle: Bundle, run: Run): void {
  const groups = run<Record<string, (name: string) => ProcGen | undefined>>(bundle.templates, 'templates.js')
  for (const path of bundle.components) {
    const config = JSON.parse(bundle.files.get(`${path}.json`) ?? '{}') as object
    space.addComponentStaticConfig(path, { ...config, component: !bundle.pages.includes(path), styleIsolation: 'shared' })
    const group = groups[path]
    if (!group) throw new Error(`no template of ${path}`)
    space.addCompiledTemplate(path, {
      groupList: groups,
      content: (name: string) => withPlainEvents(group(name)),
      // Handlers are bound as `bindtap`, also where a tag is no component of ours.
      fallbackListenerOnNativeNode: true,
    })
  }
}

/** uni writes into the event, and takes `detail` only as an own property: it gets a plain object, as from WeChat. */
function withPlainEvents(generate: ProcGen | undefined): ProcGen | undefined {
  if (!generate) return undefined
  return (wrapper, ...rest) => {
    wrapper.setEventListenerWrapper((element, event, listener) => listener.call(element, plain(event)))
    return generate(wrapper, ...rest)
  }
}

function plain({ type, timeStamp, detail, target, currentTarget }: GlassEvent): object {
  const node = ({ id, dataset }: GlassElement) => ({ id, dataset: dataset ?? {}, offsetLeft: 0, offsetTop: 0 })
  return { type, timeStamp, detail, target: node(target), currentTarget: node(currentTarget), touches: [], changedTouches: [], mark: {} }
}
