import { ask, type Facts } from './facts.ts'

type Reply = Record<string, unknown>
type Listener = (reply: Reply) => void

/** Random, so that the sandbox forgets with a reload what an earlier document had proved. */
const page = Math.random().toString(36).slice(2)
const listeners = new Map<string, Listener[]>()

function call(facts: Facts, name: string, params: unknown): Promise<Reply> {
  return ask('invoke', {
    webview: facts.id,
    page,
    url: location.href,
    name,
    params: params ?? {},
  }).catch(() => ({
    err_msg: `${name}:fail`,
  }))
}

/** The two methods that both SDKs use (platform.md §9.2). */
export function installBridge(facts: Facts) {
  const bridge = {
    invoke(name: string, params?: unknown, callback?: Listener) {
      void call(facts, name, params).then((reply) => callback?.(reply))
    },
    on(name: string, listener: Listener) {
      listeners.set(name, [...(listeners.get(name) ?? []), listener])
    },
  }
  const appear = () => {
    Object.defineProperty(window, 'WeixinJSBridge', { configurable: true, value: bridge })
    document.dispatchEvent(new Event('WeixinJSBridgeReady'))
  }
  if (facts.late) window.addEventListener('load', appear)
  else appear()
}

/** The ••• menu is drawn by the desk, outside the page. */
export function listenToMenu(facts: Facts) {
  window.addEventListener(
    'message',
    ({ source, data }: MessageEvent<{ sandbox?: string; item?: string } | null>) => {
      if (source !== window.parent || data?.sandbox !== 'menu') return
      if (data.item === 'share') share(facts)
      if (data.item === 'refresh') location.reload()
      if (data.item === 'back') back()
    },
  )
}

/**
 * The page that listens to `menu:share:appmessage` calls `sendAppMessage` itself; for any other the
 * client takes address and title.
 */
function share(facts: Facts) {
  const own = listeners.get('menu:share:appmessage') ?? []
  if (own.length > 0) own.forEach((listener) => listener({ scene: 'favorite', shareTo: 'friend' }))
  else void call(facts, 'sendAppMessage', {})
}

function back() {
  const own = listeners.get('historyBack') ?? []
  if (own.length > 0) own.forEach((listener) => listener({}))
  else history.back()
}
