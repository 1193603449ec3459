import type { Card } from '../api.ts'
import { changed, type WebviewRecord, type World } from '../state/world.ts'
import type { Outcome, BridgeCall } from './outcome.ts'
import { miniprogramPage } from './webviews.ts'

/**
 * 发送给朋友: the page names the card, the person chooses a chat on the desk or cancels. Settles
 * only then, as a phone does. Inside a mini program the card opens the same mini program, elsewhere
 * it is a link.
 */
export async function forward(
  world: World,
  webview: WebviewRecord,
  { params, url }: BridgeCall,
): Promise<Outcome> {
  webview.pendingForward?.settle(false)
  const card = makeCard(world, webview, { ...webview.shareData, ...params }, url)
  if (!card) return { outcome: 'fail_invalid link' }
  const isSent = await new Promise<boolean>((settle) => {
    webview.pendingForward = { card, settle }
    changed(world)
  })
  webview.pendingForward = null
  changed(world)
  return { outcome: isSent ? 'ok' : 'cancel' }
}

export function rememberShareData(
  _world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
): Outcome {
  const { title, desc, link, imgUrl } = params
  webview.shareData = { title, desc, link, img_url: imgUrl }
  return { outcome: 'ok' }
}

function makeCard(
  world: World,
  webview: WebviewRecord,
  params: Record<string, unknown>,
  pageUrl: string,
): Card | undefined {
  const text = (name: string) => (typeof params[name] === 'string' ? params[name] : '')
  const url = absolute(text('link') || pageUrl, pageUrl)
  if (!url) return undefined
  const title = text('title') || webview.title || webview.miniprogram?.name || url
  const imgUrl = text('img_url') && (absolute(text('img_url'), pageUrl) ?? '')
  const page = webview.miniprogram && miniprogramPage(world, url)
  if (page !== null && webview.miniprogram) {
    return {
      kind: 'miniprogram',
      appid: webview.miniprogram.appid,
      appName: webview.miniprogram.name,
      title,
      imgUrl,
      page,
    }
  }
  return { kind: 'link', title, desc: text('desc'), imgUrl, url }
}

function absolute(url: string, base: string): string | undefined {
  try {
    const { href, protocol } = new URL(url, base)
    return protocol === 'http:' || protocol === 'https:' ? href : undefined
  } catch {
    return undefined
  }
}
