import { type AppConfig, type Bundle, readConfig } from './bundle.ts'
import { declareComponent, defineComponent, type Definition } from './components.ts'
import type { Adapter, ComponentEnv, Framework, PageInstance, TemplateGroups } from './glass.ts'
import { makeLoader, type ModuleCode } from './modules.ts'
import { PageStack, type PageHost } from './stack.ts'

/**
 * Where a mini program runs: a realm of Node's in tests, a frame on the phone. The core itself
 * touches neither Node nor a document.
 */
export interface Host<Node> extends PageHost<Node> {
  framework: Framework
  adapter: Adapter<Node>
  /** Where glass-easel draws, wxss included; none = its own DOM backend, without wxss. */
  backend?: object
  evaluate: (path: string, code: string) => ModuleCode
  evaluateTemplates: (code: string) => TemplateGroups
  /** Puts names into the world of the mini program: `App`, `Page`, `getApp` … */
  expose: (names: Record<string, unknown>) => void
  /** A call of setData, in bytes of JSON; more than 1024 kB is refused by WeChat. */
  noteSetData?: (bytes: number) => void
}

export interface AppOptions {
  onLaunch?(options: object): void
  onShow?(options: object): void
  onHide?(): void
}

export interface LaunchOptions {
  path: string
  query: Record<string, string>
  scene: number
  referrerInfo: object
}

/** wx setData: at most 1024 kB a call. */
export const mostSetDataBytes = 1024 * 1024

/**
 * uni renders first with empty data, and hands `hidden` to components that know no such property;
 * WeChat says nothing of either.
 */
const harmless = [
  'The for-list data is neither Array nor Object',
  '"hidden" is not a valid property',
  '"virtualHost',
]

/** Whether a warning of glass-easel is none of WeChat's. */
export function isHarmless(warning: string): boolean {
  return harmless.some((one) => warning.includes(one))
}

/** A mini program whose code has been loaded: launch it with the page that is to come first. */
export class Program<Node> {
  readonly pages: PageStack<Node>
  private app: AppOptions = {}
  private readonly share: <T>(value: T) => T

  constructor(host: Host<Node>, bundle: Bundle) {
    this.share = host.share
    serialiseData(host)
    const environment = new host.adapter.MiniProgramEnv()
    const space = environment.createCodeSpace('', true)
    // uni puts its handlers on the instance and names them in `bindtap="{{b}}"`.
    space.getComponentSpace().updateComponentOptions({ useMethodCallerListeners: true })
    const groups = host.evaluateTemplates(bundle.templates)
    const styled = host.backend !== undefined
    for (const path of bundle.components) declareComponent(space, bundle, groups, path, styled)
    if (styled && bundle.files.has('app.wxss')) space.addStyleSheet('app', 'app')

    // A file registers itself while it is evaluated, so registration looks up whose turn it is.
    let turn: { path: string; env: ComponentEnv } | null = null
    const define = (definition: Definition) => {
      if (turn) defineComponent(space, bundle, turn.path, turn.env, definition)
    }
    const currentPages: PageInstance[] = []
    host.expose({
      App: (options: AppOptions) => (this.app = options),
      getApp: () => this.app,
      getCurrentPages: () => currentPages,
      Page: (definition: object) => turn?.env.Page(definition),
      Component: define,
      Behavior: (definition: object) => turn?.env.Behavior(definition),
    })
    const load = makeLoader(bundle, host.evaluate)
    load('app.js')
    for (const path of bundle.components) {
      space.componentEnv(path, (env) => {
        turn = { path, env }
        load(`${path}.js`)
        turn = null
      })
    }
    const backend = environment.associateBackend(host.backend)
    this.pages = new PageStack(
      host,
      { pages: bundle.pages, tabs: tabsOf(bundle) },
      currentPages,
      (path) => backend.createRoot('page', space, path),
    )
  }

  launch(options: LaunchOptions, address: string): void {
    this.app.onLaunch?.(this.share(options))
    this.app.onShow?.(this.share(options))
    this.pages.go('reLaunch', address)
  }

  /** The phone goes away from the mini program, and comes back to it. */
  hide(): void {
    this.pages.tell('onHide')
    this.app.onHide?.()
  }

  show(options: LaunchOptions): void {
    this.app.onShow?.(this.share(options))
    this.pages.tell('onShow')
  }
}

/** WeChat sends data to the view as JSON: what JSON cannot carry does not arrive. */
function serialiseData<Node>({ adapter, share, noteSetData }: Host<Node>): void {
  const caller = adapter.component.ComponentCaller.prototype
  const { setData } = caller
  caller.setData = function (data, done) {
    noteSetData?.(JSON.stringify(data).length)
    setData.call(this, share(data), done)
  }
}

function tabsOf(bundle: Bundle): string[] {
  return (readConfig<Partial<AppConfig>>(bundle, 'app.json').tabBar?.list ?? []).map(
    ({ pagePath }) => pagePath,
  )
}
