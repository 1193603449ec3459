import { words } from '../words.ts'
import { around, WxElement } from './element.ts'

/**
 * A web page over the whole page. Only the mini program's own domain is registered (业务域名);
 * others WeChat refuses to open.
 */
export class WxWebView extends WxElement {
  private readonly frame = document.createElement('iframe')

  constructor() {
    super()
    this.frame.title = 'web-view'
    this.frame.addEventListener('load', () => {
      if (this.frame.src !== '') this.fire('load', { src: this.text('src') })
    })
  }

  protected override changed(name: string): void {
    if (name !== 'src') return
    const address = this.text(name)
    const found = around().locate(address)
    if (!address.startsWith('https://') || found === address) return this.refuse(address)
    this.frame.src = found
    this.replaceChildren(this.frame)
    return undefined
  }

  private refuse(address: string): void {
    this.replaceChildren()
    if (address === '') return
    const box = document.createElement('div')
    box.className = 'wx-explained'
    box.append(line('h1', words.webviewRefused), line('p', `${address} ${words.webviewHint}`))
    this.append(box)
    this.fire('error', { url: address, fullUrl: address })
  }
}

function line(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag)
  made.textContent = text
  return made
}
