import { resolvePath } from './modules.ts'
import type { GlassNode, PageInstance, Root } from './glass.ts'

/** What a page needs from where it is drawn. */
export interface PageHost<Node> {
  /** A plain value made of objects of the mini program's own world. */
  share: <T>(value: T) => T
  /** Makes room for a page: the placeholder is replaced by it. */
  mount: (path: string) => { parent: Node; placeholder: Node }
  unmount?: (parent: Node) => void
  /** Another page is on top now. */
  shown?: (page: OpenPage<Node>) => void
}

export interface OpenPage<Node> {
  path: string
  /** With its query, as navigateTo had it. */
  address: string
  root: Root<Node>
  instance: PageInstance
  parent: Node
  /** Nodes that have heard `ready`. */
  ready: WeakSet<GlassNode>
}

export type Navigation = 'navigateTo' | 'redirectTo' | 'reLaunch' | 'switchTab' | 'navigateBack'

/** navigateTo.md: at most ten pages. */
const mostPages = 10

/**
 * The pages of a mini program, the last one on top, and what they are told: onLoad, onShow,
 * onReady, onHide, onUnload.
 */
export class PageStack<Node> {
  private readonly open: OpenPage<Node>[] = []
  private readonly host: PageHost<Node>
  private readonly paths: readonly string[]
  /** What `getCurrentPages()` gives. */
  private readonly instances: PageInstance[]
  private readonly createRoot: (path: string) => Root<Node>
  private readonly tabs: readonly string[]
  /** Tabs that were opened wait for the way back; they go with a reLaunch only. */
  private readonly waiting = new Map<string, OpenPage<Node>>()

  constructor(
    host: PageHost<Node>,
    { pages, tabs }: { pages: readonly string[]; tabs: readonly string[] },
    instances: PageInstance[],
    createRoot: (path: string) => Root<Node>,
  ) {
    this.host = host
    this.paths = pages
    this.tabs = tabs
    this.instances = instances
    this.createRoot = createRoot
  }

  get depth(): number {
    return this.open.length
  }

  get top(): OpenPage<Node> {
    const top = this.open.at(-1)
    if (!top) throw new Error('no page is open')
    return top
  }

  /** Why a navigation is refused, in WeChat's words, or null. */
  refusal(kind: Navigation, address: string, from = ''): string | null {
    if (kind === 'navigateBack')
      return this.open.length < 2 ? 'cannot navigate back at first page.' : null
    const { path } = readAddress(address, from)
    if (!this.paths.includes(path)) return `page "${path}" is not found`
    const isTab = this.tabs.includes(path)
    if (kind === 'switchTab' && !isTab) return 'can not switch to no-tabBar page'
    if ((kind === 'navigateTo' || kind === 'redirectTo') && isTab)
      return `can not ${kind} a tabbar page`
    return kind === 'navigateTo' && this.open.length >= mostPages
      ? 'webview count limit exceed'
      : null
  }

  go(kind: Navigation, address: string, delta = 1): void {
    const from = this.open.at(-1)?.path ?? ''
    const refused = this.refusal(kind, address, from)
    if (refused !== null) throw new Error(`${kind}:fail ${refused}`)
    if (kind === 'navigateBack') {
      for (let left = Math.min(delta, this.open.length - 1); left > 0; left -= 1) this.drop()
      return this.reveal()
    }
    if (kind === 'switchTab') return this.switchTab(address, from)
    if (kind === 'reLaunch') this.dropWaiting()
    if (kind === 'navigateTo') this.tell('onHide')
    else if (kind === 'redirectTo') this.drop()
    else while (this.open.length > 0) this.drop()
    this.push(address, from)
    return undefined
  }

  /** What lies above the tab is closed; the tab that was in front waits. */
  private switchTab(address: string, from: string): void {
    const { path } = readAddress(address, from)
    const isCovered = this.open.length > 1
    while (this.open.length > 1) this.drop()
    const last = this.top
    if (last.path === path) return isCovered ? this.reveal() : undefined
    if (this.tabs.includes(last.path)) {
      if (!isCovered) this.tell('onHide')
      this.waiting.set(last.path, last)
      this.open.pop()
      this.instances.pop()
    } else this.drop()
    const known = this.waiting.get(path)
    if (!known) return this.push(address, from)
    this.waiting.delete(path)
    this.open.push(known)
    this.instances.push(known.instance)
    this.reveal()
    return undefined
  }

  /** The page on top was there before, and is seen again. */
  private reveal(): void {
    this.host.shown?.(this.top)
    this.tell('onShow')
  }

  private dropWaiting(): void {
    for (const [path, page] of this.waiting) {
      this.waiting.delete(path)
      this.open.unshift(page)
      this.instances.unshift(page.instance)
    }
  }

  /** Calls a page's method when it has one; what it returns, or undefined. */
  tell(method: string, argument?: object): unknown {
    const { instance, root } = this.top
    // Components hear of it too, in their `pageLifetimes`.
    if (method === 'onShow' || method === 'onHide')
      root.getComponent().triggerPageLifetime(method === 'onShow' ? 'show' : 'hide', [])
    const handler = instance[method]
    if (typeof handler !== 'function') return undefined
    return (handler as (argument?: object) => unknown).call(
      instance,
      argument && this.host.share(argument),
    )
  }

  hears(method: string): boolean {
    return typeof this.top.instance[method] === 'function'
  }

  /** Children before their parents, each once: also for those that came later. */
  announceReady(): void {
    const top = this.open.at(-1)
    if (top) announce(top.root.getComponent(), top.ready)
  }

  /** created → attached → onLoad → onShow → ready. */
  private push(address: string, from: string): void {
    const { path, query } = readAddress(address, from)
    const root = this.createRoot(path)
    const instance = root.get()
    // uni tells a page from a component by its route.
    instance.route = path
    instance.options = this.host.share(query)
    const { parent, placeholder } = this.host.mount(path)
    const page: OpenPage<Node> = {
      path,
      address: address.replace(/^\//, ''),
      root,
      instance,
      parent,
      ready: new WeakSet(),
    }
    this.open.push(page)
    this.instances.push(instance)
    root.attach(parent, placeholder)
    this.host.shown?.(page)
    this.tell('onLoad', query)
    this.tell('onShow')
    this.announceReady()
  }

  private drop(): void {
    const { root, parent } = this.top
    this.tell('onUnload')
    this.open.pop()
    this.instances.pop()
    root.release()
    this.host.unmount?.(parent)
  }
}

/**
 * `/pages/a/b?x=1` → its path and query, values as they are written (WeChat decodes none); `../b/c`
 * counts from the page that asks.
 */
export function readAddress(
  address: string,
  from = '',
): { path: string; query: Record<string, string> } {
  const [given = '', search = ''] = address.split('?')
  const path = given.startsWith('.') ? resolvePath(from, given) : given.replace(/^\//, '')
  const pairs = search === '' ? [] : search.split('&').map((pair) => pair.split('='))
  return {
    path,
    query: Object.fromEntries(pairs.map(([name = '', ...value]) => [name, value.join('=')])),
  }
}

function announce(node: GlassNode, told: WeakSet<GlassNode>): void {
  if (node.shadowRoot) announce(node.shadowRoot, told)
  node.childNodes?.forEach((child) => announce(child, told))
  if (!node.shadowRoot || told.has(node)) return
  told.add(node)
  node.triggerLifetime?.('ready', [])
}
