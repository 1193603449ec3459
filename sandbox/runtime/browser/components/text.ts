import { WxElement } from './element.ts'

const entities: Record<string, string> = {
  nbsp: '\u00a0',
  lt: '<',
  gt: '>',
  amp: '&',
  apos: "'",
  ensp: '\u2002',
  emsp: '\u2003',
}
/** `space`: what each space is as wide as. */
const spaces: Record<string, string> = { nbsp: '\u00a0', ensp: '\u2002', emsp: '\u2003' }

/** text.md: `decode` reads entities in what is bound, `space` keeps spaces. */
export class WxText extends WxElement {
  private watch: MutationObserver | undefined

  protected override changed(name: string): void {
    if (name !== 'decode' && name !== 'space') return
    this.watch ??= new MutationObserver(() => this.rewrite())
    this.watch.observe(this, { childList: true, characterData: true, subtree: true })
    this.rewrite()
  }

  private rewrite(): void {
    const walker = document.createTreeWalker(this, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = this.read(node.nodeValue ?? '')
      if (text !== node.nodeValue) node.nodeValue = text
    }
    // What was written just now is not to be read again.
    this.watch?.takeRecords()
  }

  private read(text: string): string {
    const space = spaces[this.text('space')]
    const spaced = space === undefined ? text : text.replaceAll(' ', space)
    return this.is('decode')
      ? spaced.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
      : spaced
  }
}
