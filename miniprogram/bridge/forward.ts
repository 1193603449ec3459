import { onUnmounted } from 'vue'
import { absolute } from './transport.ts'
import { isH5 } from './platform.ts'
import { isHandedOn } from './share-answer.ts'

/** What a friend's chat will show. */
export interface ForwardCard {
  title: string
  summary: string
  imageUrl: string | null
  /** `pages/material/index?share=…` */
  path: string
  /**
   * Tells that the reader opened the forward. H5 calls it unless the chooser was cancelled. A mini
   * program does not learn that, so it calls it with the card.
   */
  onHandedOn(): void
}

interface WeixinBridge {
  on(name: string, listener: () => void): void
  invoke(name: string, params: object, done: (result: { err_msg: string }) => void): void
}

type WindowInWechat = Window & { WeixinJSBridge?: WeixinBridge }

/**
 * Whether the reader must be shown WeChat's ··· menu, because a page cannot open the share sheet. A
 * mini program's button can (`open-type="share"`).
 */
export const forwardsByMenu = isH5

let makeCard: (() => ForwardCard) | null = null
let listening = false

/**
 * H5: sets what WeChat's ··· menu hands on while this page is open. `make` runs at the tap and may
 * prepare a child share.
 */
export function useForwardMenu(make: () => ForwardCard): void {
  if (!isH5) return
  makeCard = make
  onUnmounted(() => {
    if (makeCard === make) makeCard = null
  })
  if (listening) return
  listening = true
  const bridge = () => (window as WindowInWechat).WeixinJSBridge
  if (bridge()) listen(bridge())
  else document.addEventListener('WeixinJSBridgeReady', () => listen(bridge()), { once: true })
}

function listen(bridge: WeixinBridge | undefined): void {
  bridge?.on('menu:share:appmessage', () => {
    if (!makeCard) return
    const { title, summary, imageUrl, path, onHandedOn } = makeCard()
    const card = {
      title,
      desc: summary,
      link: linkOf(path),
      img_url: imageUrl ? new URL(absolute(imageUrl), location.href).href : '',
    }
    bridge.invoke('sendAppMessage', card, ({ err_msg: said }) => {
      if (isHandedOn(said)) onHandedOn()
    })
  })
}

/** Returns the H5 address of a page. */
export function linkOf(path: string): string {
  return `${location.origin}${location.pathname}#/${path}`
}
