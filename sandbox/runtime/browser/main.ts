// The frame of a mini program on the desk's phone: built into /_webview/mini/runtime.js.
import { logError } from './log.ts'
import * as framework from 'glass-easel'
import * as adapter from 'glass-easel-miniprogram-adapter'
import { type AppConfig, type Bundle, readConfig } from '../core/bundle.ts'
import { trigger } from '../core/events.ts'
import type { Adapter, Framework } from '../core/glass.ts'
import { isHarmless, mostSetDataBytes, Program } from '../core/program.ts'
import { readAddress } from '../core/stack.ts'
import { makeBackend } from './backend.ts'
import { surround } from './components/element.ts'
import { layer } from './dialogs/layer.ts'
import { explain } from './explain.ts'
import { type Machine, type Network, openFiles, openStore, type Start } from './machine.ts'
import { makeOpenTypes } from './open-type.ts'
import { makeScope } from './scope.ts'
import { makeScreen } from './screen.ts'
import { makeShare } from './share.ts'
import { makeStyles } from './styles.ts'
import { makeTabs } from './tabs.ts'
import { watchTouch } from './touch.ts'
import { makeWx } from './wx/all.ts'
import type { AppListeners } from './wx/misc.ts'

interface Loaded extends Omit<Bundle, 'files'> {
  files: [string, string][]
  styles: [string, string][]
}

const webview = window.name

async function ask<T>(door: string, body: object = {}): Promise<T> {
  const reply = await fetch(`/_webview/${door}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ webview, ...body }),
  })
  if (!reply.ok) throw new Error(`/_webview/${door}: ${reply.status}`)
  return (await reply.json()) as T
}

async function load(): Promise<{ bundle: Bundle; sheets: Map<string, string> } | null> {
  const reply = await fetch('/_webview/mini/bundle.json')
  if (reply.status === 404) return null
  if (!reply.ok)
    throw new Error(((await reply.json()) as { error?: string }).error ?? String(reply.status))
  const { files, styles, ...rest } = (await reply.json()) as Loaded
  return { bundle: { ...rest, files: new Map(files) }, sheets: new Map(styles) }
}

async function run(): Promise<void> {
  const [start, loaded] = await Promise.all([ask<Start>('mini/start'), load()])
  const address = decodeURI(location.hash.slice(1)).replace(/^\//, '')
  if (!loaded) return explain('notBuilt', address)
  open(start, loaded.bundle, loaded.sheets, address)
  return undefined
}

function open(start: Start, bundle: Bundle, sheets: Map<string, string>, address: string): void {
  const { path, query } = readAddress(address)
  const listeners: AppListeners = { show: new Set(), hide: new Set() }
  const launch = { path, query, scene: 1007, referrerInfo: {} }
  const machine: Machine = {
    webview,
    start,
    config: readConfig<AppConfig>(bundle, 'app.json'),
    // Set below: the mini program is loaded with the machine's functions in its hands.
    program: null as unknown as Program<HTMLElement>,
    ask,
    network: { now: start.network, listeners: new Set() },
    store: openStore(start),
    files: openFiles(start.domains, () =>
      machine.program.pages.depth > 0 ? machine.program.pages.top.path : path,
    ),
    launch,
    leaving: false,
  }
  const styles = makeStyles(sheets, bundle.pages)
  const tabs = makeTabs(bundle, {
    locate: machine.files.locate,
    tapped(url, item) {
      wx.switchTab?.({ url, complete: () => machine.program.pages.tell('onTabItemTap', item) })
    },
  })
  const screen = makeScreen(bundle, styles, {
    placed: (page, title) => {
      tabs.shown(page.path)
      history.replaceState(null, '', `#/${page.address}`)
      document.title = title
      void ask('mini/place', {
        url: location.href,
        title,
        depth: machine.program.pages.depth,
      }).catch(() => undefined)
    },
    tell: (method, argument) => machine.program.pages.tell(method, argument),
  })
  const share = makeShare(machine)
  const { wx, privacy } = makeWx(machine, screen, tabs, listeners)
  surround({
    fire: (element, name, detail, extra) =>
      trigger(framework as unknown as Framework, element, name, detail, extra),
    locate: machine.files.locate,
    openType: makeOpenTypes({ machine, privacy, wx, share }),
    call: (name, options) => wx[name]?.(options),
    mapTilesUrl: start.mapTilesUrl,
  })
  framework.addGlobalWarningListener((message) => !isHarmless(message))
  const scope = makeScope()
  const announce = once(() => machine.program.pages.announceReady())
  machine.program = new Program<HTMLElement>(
    {
      framework: framework as unknown as Framework,
      adapter: adapter as unknown as Adapter<HTMLElement>,
      backend: makeBackend(styles, announce),
      share: <T>(value: T): T =>
        value === null || typeof value !== 'object'
          ? value
          : (JSON.parse(JSON.stringify(value)) as T),
      evaluate: scope.evaluate,
      evaluateTemplates: scope.evaluateTemplates,
      expose: (names) => scope.expose({ wx, ...names }),
      noteSetData(bytes) {
        if (bytes > mostSetDataBytes) logError(`setData: ${bytes} bytes are more than 1024 kB`)
      },
      ...screen,
    },
    bundle,
  )
  layer()
  watchTouch(document.body)
  listenToDesk(machine, { share, ...watchLife(machine, listeners) })
  machine.program.launch(launch, bundle.pages.includes(path) ? address : (bundle.pages[0] ?? ''))
  document.documentElement.dataset.state = 'running'
}

/** Many elements at once, one walk through the tree. */
function once(task: () => void): () => void {
  let waits = false
  return () => {
    if (waits) return
    waits = true
    setTimeout(() => {
      waits = false
      task()
    })
  }
}

/** The phone's home button, another window in front, the frame closed. */
function watchLife(machine: Machine, listeners: AppListeners): { leave: () => void } {
  let isShown = true
  const hide = () => {
    if (!isShown) return
    isShown = false
    machine.program.hide()
    listeners.hide.forEach((listener) => listener())
  }
  const leave = () => {
    machine.leaving = true
    hide()
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return hide()
    if (isShown) return undefined
    isShown = true
    const options = { ...machine.launch, scene: 1089 }
    machine.program.show(options)
    listeners.show.forEach((listener) => listener(options))
    return undefined
  })
  // Too late for promises when the frame is cut out: the phone says before that it closes, and this
  // is for the rest.
  addEventListener('pagehide', leave)
  return { leave }
}

/** WeChat's bar and its menu are drawn by the phone around the frame. */
function listenToDesk(
  { program, network }: Machine,
  { share, leave }: { share: ReturnType<typeof makeShare>; leave: () => void },
): void {
  addEventListener(
    'message',
    ({
      source,
      data,
    }: MessageEvent<{ sandbox?: string; item?: string; network?: Network } | null>) => {
      if (source !== window.parent) return
      if (data?.sandbox === 'network' && data.network) become(network, data.network)
      if (data?.sandbox !== 'menu') return
      if (data.item === 'share') share({ from: 'menu' })
      if (data.item === 'refresh') location.reload()
      if (data.item === 'close') leave()
      if (data.item === 'back' && program.pages.depth > 1) program.pages.go('navigateBack', '')
    },
  )
}

function become(network: Machine['network'], now: Network): void {
  if (now === network.now) return
  network.now = now
  network.listeners.forEach((listener) => listener(now))
}

run().catch((error: unknown) => {
  logError(error)
  explain('failed', location.hash.slice(1), error instanceof Error ? error.message : String(error))
})
