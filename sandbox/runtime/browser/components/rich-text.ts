import { around, WxElement } from './element.ts'

interface RichNode {
  type?: 'node' | 'text'
  name?: string
  attrs?: Record<string, unknown>
  children?: RichNode[]
  text?: string
}

/** rich-text.md: elements that are shown; others go with all that is in them. */
const trusted = new Set(
  'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del div dl dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins label legend li mark nav ol p pre q rt ruby s section small span strong sub sup table tbody td tfoot th thead tr tt u ul'.split(
    ' ',
  ),
)
/** … and their attributes, beside class and style. */
const attributes: Record<string, string[]> = {
  bdo: ['dir'],
  bdi: ['dir'],
  col: ['span', 'width'],
  colgroup: ['span', 'width'],
  img: ['alt', 'src', 'height', 'width'],
  ol: ['start', 'type'],
  table: ['width'],
  td: ['colspan', 'height', 'rowspan', 'width'],
  th: ['colspan', 'height', 'rowspan', 'width'],
  tr: ['colspan', 'height', 'rowspan', 'width'],
}

/**
 * Text with its own styles, as HTML or as nodes. It hears no taps: links inside it lead nowhere.
 */
export class WxRichText extends WxElement {
  private readonly box = document.createElement('div')

  connectedCallback(): void {
    if (!this.box.isConnected) this.append(this.box)
  }

  protected override changed(name: string, value: unknown): void {
    if (name !== 'nodes') return
    const nodes = Array.isArray(value)
      ? (value as RichNode[])
      : readHtml(typeof value === 'string' ? value : '')
    this.box.replaceChildren(...nodes.flatMap((node) => this.build(node)))
  }

  private build({ type, name, attrs = {}, children = [], text = '' }: RichNode): Node[] {
    if (type === 'text') return [document.createTextNode(text)]
    const tag = name?.toLowerCase() ?? ''
    if (!trusted.has(tag)) return []
    const element = document.createElement(tag)
    for (const [key, value] of Object.entries(attrs)) {
      const given = String(value)
      if (key === 'class') element.className = this.scoped(given)
      if (key === 'style')
        element.style.cssText = given.replace(/(-?\d*\.?\d+)rpx/g, 'calc($1 * 100vw / 750)')
      if (attributes[tag]?.includes(key))
        element.setAttribute(key, key === 'src' ? around().locate(given) : given)
    }
    element.append(...children.flatMap((child) => this.build(child)))
    return [element]
  }
}

function readHtml(html: string): RichNode[] {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return [...body.childNodes].flatMap(describe)
}

function describe(node: Node): RichNode[] {
  if (node.nodeType === Node.TEXT_NODE) return [{ type: 'text', text: node.textContent ?? '' }]
  if (!(node instanceof Element)) return []
  const attrs = Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value]))
  return [{ name: node.localName, attrs, children: [...node.childNodes].flatMap(describe) }]
}
