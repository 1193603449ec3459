import type { Device } from '../api.ts'
import { act, type WebviewRecord, type World } from '../state/world.ts'
import type { BridgeCall } from './bridge.ts'
import { askLocation } from './location.ts'
import { getChat, getContact, getContext, sendChatMessage } from './chat-functions.ts'
import { forward, rememberShareData } from './forward.ts'
import { isOlder, isWebAddress, type Outcome } from './outcome.ts'
import { versionOf } from './webviews.ts'

interface ClientFunction {
  devices: Device[]
  /** First client version that has it. */
  since: string
  /** Needs no successful config. */
  free?: boolean
  run: (world: World, webview: WebviewRecord, call: BridgeCall) => Outcome | Promise<Outcome>
}

const wecom: Device[] = ['wecom']
const wechat: Device[] = ['wechat']
const both: Device[] = ['wecom', 'wechat']
const done: Outcome = { outcome: 'ok' }

/** The functions of the two clients, by their wire names (@wecom/jssdk maps previewImage → imagePreview, getLocation → geoLocation). */
export const functions: Record<string, ClientFunction> = {
  checkJsApi: { devices: both, since: '0', free: true, run: checkJsApi },
  getContext: { devices: wecom, since: '3.0.24', run: getContext },
  getCurExternalContact: { devices: wecom, since: '2.5.8', run: getContact },
  getCurExternalChat: { devices: wecom, since: '2.8.17', run: getChat },
  sendChatMessage: { devices: wecom, since: '2.8.10', run: sendChatMessage },
  openUserProfile: { devices: wecom, since: '2.4.20', run: openProfile },
  openDefaultBrowser: { devices: wecom, since: '0', run: openBrowser },
  launchMiniprogram: { devices: wecom, since: '3.0.36', run: launchMiniprogram },
  setClipboardData: { devices: wecom, since: '2.4.16', run: copy },
  imagePreview: { devices: both, since: '0', run: previewImage },
  closeWindow: { devices: both, since: '0', run: close },
  geoLocation: { devices: wechat, since: '0', run: locate },
  hideOptionMenu: { devices: both, since: '0', run: () => done },
  showOptionMenu: { devices: both, since: '0', run: () => done },
  hideMenuItems: { devices: both, since: '0', run: () => done },
  showMenuItems: { devices: both, since: '0', run: () => done },
  // WeChat's own bridge knew these two before there was a JS-SDK to sign for; a page of the desk's mini program forwards itself through them.
  sendAppMessage: { devices: both, since: '0', free: true, run: forward },
  updateAppMessageShareData: { devices: both, since: '0', free: true, run: rememberShareData },
}

function checkJsApi(_world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  const names = Array.isArray(params.jsApiList) ? params.jsApiList.filter((one) => typeof one === 'string') : []
  const has = (name: string) => {
    const known = functions[name]
    return known !== undefined && known.devices.includes(webview.device) && !isOlder(versionOf(webview), known.since)
  }
  return { ...done, checkResult: Object.fromEntries(names.map((name) => [name, has(name)])) }
}

function openProfile(world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  const { type, userid } = params
  const member = world.members.find(({ id }) => Number(type) === 1 && id === userid)
  const customer = world.customers.find(({ externalUserId }) => Number(type) === 2 && externalUserId === userid)
  if (!member && !customer) return { outcome: 'fail_invalid userid' }
  act(world, webview.id, {
    kind: 'openProfile',
    party: member ? { kind: 'member', id: member.id } : { kind: 'customer', id: customer?.id ?? '' },
  })
  return done
}

function openBrowser(world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  if (!isWebAddress(params.url)) return { outcome: 'fail_invalid url' }
  act(world, webview.id, { kind: 'openBrowser', url: params.url })
  return done
}

function launchMiniprogram(world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  const { appid, path } = params
  if (appid !== world.scene.miniprogram.appid) return { outcome: 'fail_invalid appid' }
  act(world, webview.id, {
    kind: 'openMiniprogram',
    appid,
    page: typeof path === 'string' && path !== '' ? path : world.scene.miniprogram.home,
  })
  return done
}

function copy(world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  if (typeof params.data !== 'string') return { outcome: 'fail' }
  act(world, webview.id, { kind: 'copied', text: params.data })
  return done
}

function previewImage(world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  const urls = Array.isArray(params.urls) ? params.urls.filter(isWebAddress) : []
  const current = isWebAddress(params.current) ? params.current : urls[0]
  if (!current) return { outcome: 'fail' }
  act(world, webview.id, { kind: 'previewImage', current, urls })
  return done
}

function close(world: World, webview: WebviewRecord): Outcome {
  act(world, webview.id, { kind: 'close' })
  return done
}

async function locate(world: World, webview: WebviewRecord): Promise<Outcome> {
  const position = await askLocation(world, webview.id)
  return position ? { ...done, ...position, speed: 0 } : { outcome: 'cancel' }
}
