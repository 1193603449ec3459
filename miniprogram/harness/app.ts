import { shippedBundle } from './bundle.ts'
import type { Phone } from './phone.ts'
import type { GlassElement } from '#sandbox/runtime/core/glass'
import { readAddress } from '#sandbox/runtime/core/stack'
import { type HTMLNode, makeRealm, type Realm } from './realm.ts'

/** The shipped mini program, running on a phone. */
export class MiniProgram {
  readonly phone: Phone
  private readonly realm: Realm

  private constructor(phone: Phone) {
    this.phone = phone
    this.realm = makeRealm(shippedBundle(), phone)
    phone.navigate = (kind, url, delta) => {
      const refused = this.pages.refusal(kind, url, this.path)
      if (refused === null) this.pages.go(kind, url, delta)
      return refused
    }
  }

  /** `address` in the form of a card: `pages/material/index?share=…`. */
  static async launch(phone: Phone, address = 'pages/home/index'): Promise<MiniProgram> {
    const program = new MiniProgram(phone)
    const { path, query } = readAddress(address)
    program.realm.program.launch({ path, query, scene: 1007, referrerInfo: {} }, address)
    await program.settle()
    return program
  }

  get path(): string {
    return this.pages.top.path
  }

  /** How many pages lie on each other. */
  get depth(): number {
    return this.pages.depth
  }

  get query(): Record<string, string> {
    return this.pages.top.instance.options
  }

  /** Returns all text on the present page. */
  get text(): string {
    return this.body().textContent.replace(/\s+/g, ' ')
  }

  /** Returns the addresses of the pictures that are being fetched. */
  images(): string[] {
    return [...this.body().querySelectorAll('image')]
      .map((node) => node.getAttribute('src') ?? '')
      .filter((src) => src !== '')
  }

  /** Bytes of the largest setData so far. */
  get largestSetData(): number {
    return Math.max(0, ...this.realm.setDataCalls.map((call) => call.bytes))
  }

  /** Lets everything that is due happen: answers, timers of zero, promises. Time stands still. */
  async settle(): Promise<void> {
    let quiet = 0
    while (quiet < 4) {
      await new Promise((resolve) => setImmediate(resolve))
      const ran = this.phone.clock.runNext(this.phone.clock.now)
      this.pages.announceReady()
      quiet = ran || this.phone.inFlight > 0 ? 0 : quiet + 1
    }
  }

  /** Lets time pass, timer by timer. */
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

  /**
   * Returns the button, field or link with this name, as a screen reader reads it; otherwise the
   * innermost element with this text.
   */
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
    if (node.getAttribute('open-type') === 'getPhoneNumber') {
      const { phoneCode } = this.phone
      const tell = (detail: object) => this.realm.trigger(elementOf(node), 'getphonenumber', detail)
      this.phone.guardPrivacy(
        'getPhoneNumber',
        {},
        (_callbacks, refused) => tell(refused),
        () =>
          tell(
            phoneCode === null
              ? { errMsg: 'getPhoneNumber:fail user deny' }
              : { errMsg: 'getPhoneNumber:ok', code: phoneCode },
          ),
      )
    }
    await this.settle()
  }

  /** Taps twice, with nothing in between. */
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

  /** Sends an event of a built-in component, with the detail that WeChat documents. */
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

  /**
   * The user taps a button with `open-type="share"`, or the menu's entry. WeChat asks the page for
   * the card.
   */
  async forward(): Promise<{ title: string; path: string; imageUrl?: string }> {
    const card = this.call('onShareAppMessage', { from: 'button' })
    await this.settle()
    return card as { title: string; path: string; imageUrl?: string }
  }

  /** The phone's home button. */
  async leave(): Promise<void> {
    this.realm.program.hide()
    await this.settle()
  }

  async comeBack(): Promise<void> {
    this.realm.program.show({ path: this.path, query: {}, scene: 1001, referrerInfo: {} })
    await this.settle()
  }

  /** The phone's own way back. On the first page it leaves the mini program; here it stays. */
  async back(): Promise<void> {
    if (this.pages.depth > 1) this.pages.go('navigateBack', '')
    await this.settle()
  }

  async pullDown(): Promise<void> {
    this.call('onPullDownRefresh')
    await this.settle()
  }

  private get pages() {
    return this.realm.program.pages
  }

  private call(method: string, argument?: object): unknown {
    if (!this.pages.hears(method)) throw new Error(`${this.path} does not listen to ${method}`)
    return this.pages.tell(method, argument)
  }

  private body(): HTMLNode {
    return this.pages.top.root.getComponent().getBackendElement()
  }

  private all(name: string): HTMLNode[] {
    // An open dialog covers the rest.
    const dialogs = [...this.body().querySelectorAll('[aria-modal]')]
    const body = dialogs.at(-1) ?? this.body()
    const labelled = [...body.querySelectorAll('[aria-label]')].filter(
      (node) => node.getAttribute('aria-label') === name,
    )
    if (labelled.length > 0) return labelled
    const holding = [...body.querySelectorAll('*')].filter(
      (node) => node.textContent.trim() === name,
    )
    return holding.filter(
      (node) => !holding.some((other) => other !== node && node.contains(other)),
    )
  }
}

function elementOf(node: HTMLNode): GlassElement {
  for (let at: HTMLNode | null = node; at; at = at.parentNode)
    if (at.__wxElement) return at.__wxElement
  throw new Error(`<${node.tagName}> belongs to no component`)
}
