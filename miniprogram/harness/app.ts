import { shippedBundle } from './bundle.ts'
import type { Phone } from './phone.ts'
import {
  type GlassComponent,
  type GlassElement,
  type GlassNode,
  type HTMLNode,
  makeRealm,
  type PageInstance,
  type Realm,
  type Root,
} from './realm.ts'

interface OpenPage {
  root: Root
  instance: PageInstance
  ready: WeakSet<GlassNode>
}

/** The shipped mini program, running on a phone. */
export class MiniProgram {
  readonly phone: Phone
  private readonly realm: Realm
  private readonly stack: OpenPage[] = []

  private constructor(phone: Phone) {
    this.phone = phone
    this.realm = makeRealm(shippedBundle(), phone)
    phone.navigate = (kind, url) => this.navigate(kind, url)
  }

  /** `path` as a card carries it: `pages/material/index?share=…`. */
  static async launch(phone: Phone, path = 'pages/home/index'): Promise<MiniProgram> {
    const program = new MiniProgram(phone)
    const options = program.realm.share({ path, query: {}, scene: 1007, referrerInfo: {} })
    program.realm.app.onLaunch?.(options)
    program.realm.app.onShow?.(options)
    program.push(path)
    await program.settle()
    return program
  }

  get path(): string {
    return this.top().instance.route
  }

  get query(): Record<string, string> {
    return this.top().instance.options
  }

  /** All that is to be read on the present page. */
  get text(): string {
    return this.body().textContent.replace(/\s+/g, ' ')
  }

  /** Addresses of the pictures that are fetched now. */
  images(): string[] {
    return [...this.body().querySelectorAll('image')].map((node) => node.getAttribute('src') ?? '').filter((src) => src !== '')
  }

  /** Bytes of the largest setData so far. */
  get largestSetData(): number {
    return Math.max(0, ...this.realm.setDataCalls.map((call) => call.bytes))
  }

  /** Lets everything that is due happen: answers, timers of zero, promises. Time does not pass. */
  async settle(): Promise<void> {
    let quiet = 0
    while (quiet < 4) {
      await new Promise((resolve) => setImmediate(resolve))
      const ran = this.phone.clock.runNext(this.phone.clock.now)
      const top = this.stack.at(-1)
      if (top) announceReady(top.root.getComponent(), top.ready)
      quiet = ran || this.phone.inFlight > 0 ? 0 : quiet + 1
    }
  }

  /** Time passes, timer by timer. */
  async pass(ms: number): Promise<void> {
    const { clock } = this.phone
    const until = clock.now + ms
    await this.settle()
    for (let next = clock.nextAt(); next !== null && next <= until; next = clock.nextAt()) {
      clock.runNext(until)
      await this.settle()
    }
    clock.now = until
  }

  /** The button, field or link with this name, as a screen reader would say it; else the innermost element with this text. */
  find(name: string): HTMLNode {
    const found = this.all(name)[0]
    if (!found) throw new Error(`«${name}» is not on ${this.path}: ${this.text}`)
    return found
  }

  has(name: string): boolean {
    return this.all(name).length > 0
  }

  async tap(name: string): Promise<void> {
    const node = this.find(name)
    if (node.getAttribute('open-type') === 'agreePrivacyAuthorization') {
      this.phone.agreeButton = elementOf(node).id
      this.realm.trigger(elementOf(node), 'agreeprivacyauthorization', {})
    }
    this.realm.trigger(elementOf(node), 'tap', {})
    await this.settle()
  }

  /** Two taps before anything could happen in between. */
  async tapTwice(name: string): Promise<void> {
    const element = elementOf(this.find(name))
    this.realm.trigger(element, 'tap', {})
    this.realm.trigger(element, 'tap', {})
    await this.settle()
  }

  async type(name: string, value: string): Promise<void> {
    const element = elementOf(this.find(name))
    this.realm.trigger(element, 'input', { value, cursor: value.length })
    this.realm.trigger(element, 'blur', { value })
    await this.settle()
  }

  /** An event of a built-in component, with the detail that WeChat documents. */
  async fire(tag: string, event: string, detail: unknown): Promise<void> {
    const node = [...this.body().querySelectorAll(tag)][0]
    if (!node) throw new Error(`no <${tag}> on ${this.path}`)
    this.realm.trigger(elementOf(node), event, detail)
    await this.settle()
  }

  async scroll(scrollTop: number): Promise<void> {
    this.call('onPageScroll', { scrollTop })
    await this.pass(400)
  }

  /** The user taps a button with `open-type="share"`, or the menu's entry: WeChat asks the page for the card. */
  async forward(): Promise<{ title: string; path: string; imageUrl?: string }> {
    const card = this.call('onShareAppMessage', { from: 'button' })
    await this.settle()
    return card as { title: string; path: string; imageUrl?: string }
  }

  /** The phone's home button. */
  async leave(): Promise<void> {
    this.call('onHide')
    this.realm.app.onHide?.()
    await this.settle()
  }

  async comeBack(): Promise<void> {
    this.realm.app.onShow?.(this.realm.share({ path: this.path, query: {}, scene: 1001 }))
    this.call('onShow')
    await this.settle()
  }

  async back(): Promise<void> {
    this.navigate('navigateBack', '')
    await this.settle()
  }

  async pullDown(): Promise<void> {
    this.call('onPullDownRefresh')
    await this.settle()
  }

  private call(method: string, argument?: object): unknown {
    const { instance } = this.top()
    const handler = instance[method]
    if (typeof handler !== 'function') throw new Error(`${instance.route} does not listen to ${method}`)
    return (handler as (argument?: object) => unknown).call(instance, argument && this.realm.share(argument))
  }

  private navigate(kind: 'navigateTo' | 'redirectTo' | 'reLaunch' | 'navigateBack', url: string): void {
    if (kind === 'navigateBack') {
      if (this.stack.length < 2) return
      this.drop()
      this.callIfThere('onShow')
      return
    }
    if (kind === 'navigateTo') this.callIfThere('onHide')
    else if (kind === 'redirectTo') this.drop()
    else while (this.stack.length > 0) this.drop()
    this.push(url.replace(/^\//, ''))
  }

  private callIfThere(method: string): void {
    const { instance } = this.top()
    if (typeof instance[method] === 'function') this.call(method)
  }

  /** created → attached → onLoad → onShow → ready. */
  private push(address: string): void {
    const [path = '', search = ''] = address.split('?')
    if (!shippedBundle().pages.includes(path)) throw new Error(`the mini program has no page ${path}`)
    const query = this.realm.share(Object.fromEntries(new URLSearchParams(search)))
    const root = this.realm.createRoot(path)
    const instance = root.get()
    // uni tells a page from a component by its route.
    instance.route = path
    instance.options = query
    const page: OpenPage = { root, instance, ready: new WeakSet() }
    this.stack.push(page)
    this.realm.currentPages.push(instance)
    const parent = this.realm.document.createElement('div')
    const placeholder = this.realm.document.createElement('div')
    parent.appendChild(placeholder)
    root.attach(parent, placeholder)
    this.call('onLoad', query)
    this.callIfThere('onShow')
    announceReady(root.getComponent(), page.ready)
  }

  private drop(): void {
    const { root } = this.top()
    this.callIfThere('onUnload')
    this.stack.pop()
    this.realm.currentPages.pop()
    root.release()
  }

  private top(): OpenPage {
    const top = this.stack.at(-1)
    if (!top) throw new Error('no page is open')
    return top
  }

  private body(): HTMLNode {
    return this.top().root.getComponent().getBackendElement()
  }

  private all(name: string): HTMLNode[] {
    // An open dialog covers the rest.
    const dialogs = [...this.body().querySelectorAll('[aria-modal]')]
    const body = dialogs.at(-1) ?? this.body()
    const labelled = [...body.querySelectorAll('[aria-label]')].filter((node) => node.getAttribute('aria-label') === name)
    if (labelled.length > 0) return labelled
    const holding = [...body.querySelectorAll('*')].filter((node) => node.textContent.trim() === name)
    return holding.filter((node) => !holding.some((other) => other !== node && node.contains(other)))
  }
}

/** Children before their parents, each once: also for those that came later. */
function announceReady(node: GlassNode | GlassComponent, told: WeakSet<GlassNode>): void {
  if (node.shadowRoot) announceReady(node.shadowRoot, told)
  node.childNodes?.forEach((child) => announceReady(child, told))
  if (!node.shadowRoot || told.has(node)) return
  told.add(node)
  node.triggerLifetime?.('ready', [])
}

function elementOf(node: HTMLNode): GlassElement {
  for (let at: HTMLNode | null = node; at; at = at.parentNode) if (at.__wxElement) return at.__wxElement
  throw new Error(`<${node.tagName}> belongs to no component`)
}
