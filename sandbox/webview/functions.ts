import type { Device } from '../api.ts'
import { entryOf } from '../platform/fields.ts'
import { idsOf } from '../state/ids.ts'
import { act, type WebviewRecord, type World } from '../state/world.ts'
import type { App } from '../wecom/apps/state.ts'
import {
  getChat,
  getContact,
  getContext,
  isFrom,
  mayUse,
  notAllowed,
  sendChatMessage,
} from './chat-functions.ts'
import { forward, rememberShareData } from './forward.ts'
import { askLocation } from './location.ts'
import { shareToChats, shareToContacts, shareToMoments } from './mass-send.ts'
import { openEnterpriseChat, openExistedChat } from './open-chats.ts'
import {
  cancelled,
  done,
  isOlder,
  isWebAddress,
  refused,
  systemOf,
  textOf,
  textsOf,
  withoutContext,
  type Outcome,
  type System,
  type BridgeCall,
} from './outcome.ts'
import { scanCode, selectContacts, selectMembers } from './pickers.ts'
import { versionOf } from './webviews.ts'

interface ClientFunction {
  devices: Device[]
  /** First client version that has it. */
  since: string
  /** Where it exists; everywhere without. */
  systems?: System[]
  /** Needs no successful config. */
  free?: boolean
  /** 本接口必须使用应用身份进行注册. */
  needsAgent?: boolean
  /** The app needs 客户联系, and the member too (WW-98539, WW-93864). */
  needsContacts?: boolean
  /** `app` is the one that the page's config named. */
  run: (
    world: World,
    webview: WebviewRecord,
    call: BridgeCall,
    app: App,
  ) => Outcome | Promise<Outcome>
}

const wecom: Device[] = ['wecom']
const both: Device[] = ['wecom', 'wechat']
const phones: System[] = ['ios', 'android']

/**
 * The functions of the two clients, by their wire names (@wecom/jssdk maps previewImage →
 * imagePreview, getLocation → geoLocation). Versions: platform.md §9.4 and the SDK's `@compat`
 * notes.
 */
export const functions: Record<string, ClientFunction> = {
  checkJsApi: { devices: both, since: '0', free: true, run: checkJsApi },
  getContext: { devices: wecom, since: '3.0.24', needsAgent: true, run: getContext },
  getCurExternalContact: {
    devices: wecom,
    since: '2.5.8',
    needsAgent: true,
    needsContacts: true,
    run: getContact,
  },
  getCurExternalChat: {
    devices: wecom,
    since: '2.8.17',
    needsAgent: true,
    needsContacts: true,
    run: getChat,
  },
  sendChatMessage: { devices: wecom, since: '2.8.10', needsAgent: true, run: sendChatMessage },
  selectExternalContact: {
    devices: wecom,
    since: '2.4.20',
    needsAgent: true,
    needsContacts: true,
    run: selectContacts,
  },
  selectEnterpriseContact: { devices: wecom, since: '1.3.11', run: selectMembers },
  openUserProfile: { devices: wecom, since: '2.4.20', run: openProfile },
  openEnterpriseChat: { devices: wecom, since: '2.0.0', run: openEnterpriseChat },
  openExistedChatWithMsg: {
    devices: wecom,
    since: '3.1.8',
    needsAgent: true,
    run: openExistedChat,
  },
  shareToExternalContact: {
    devices: wecom,
    since: '2.8.7',
    needsAgent: true,
    needsContacts: true,
    run: shareToContacts,
  },
  shareToExternalChat: {
    devices: wecom,
    since: '2.8.7',
    needsAgent: true,
    needsContacts: true,
    run: shareToChats,
  },
  shareToExternalMoments: {
    devices: wecom,
    since: '3.1.12',
    systems: phones,
    needsAgent: true,
    needsContacts: true,
    run: shareToMoments,
  },
  navigateToAddCustomer: {
    devices: wecom,
    since: '3.0.36',
    systems: phones,
    needsAgent: true,
    needsContacts: true,
    run: addCustomer,
  },
  hideChatAttachmentMenu: {
    devices: wecom,
    since: '3.1.6',
    needsAgent: true,
    run: hideAttachmentMenu,
  },
  openDefaultBrowser: { devices: wecom, since: '0', run: openBrowser },
  launchMiniprogram: { devices: wecom, since: '3.0.36', needsAgent: true, run: launchMiniprogram },
  setClipboardData: { devices: wecom, since: '2.4.16', run: copy },
  imagePreview: { devices: both, since: '0', run: previewImage },
  previewFile: { devices: wecom, since: '0', systems: phones, run: previewFile },
  scanQRCode: { devices: both, since: '0', run: scanCode },
  closeWindow: { devices: both, since: '0', run: close },
  geoLocation: { devices: both, since: '0', run: locate },
  hideOptionMenu: { devices: both, since: '0', run: () => done },
  showOptionMenu: { devices: both, since: '0', run: () => done },
  hideMenuItems: { devices: both, since: '0', run: () => done },
  showMenuItems: { devices: both, since: '0', run: () => done },
  hideAllNonBaseMenuItem: { devices: both, since: '0', run: () => done },
  showAllNonBaseMenuItem: { devices: both, since: '0', run: () => done },
  // WeChat's own bridge knew these two before there was a JS-SDK to sign for; a page of the desk's
  // mini program forwards itself through them.
  sendAppMessage: { devices: both, since: '0', free: true, run: forward },
  updateAppMessageShareData: { devices: both, since: '0', free: true, run: rememberShareData },
  // The phone has no Moments: what a page leaves for them is taken and shown nowhere.
  updateTimelineShareData: { devices: ['wechat'], since: '0', free: true, run: () => done },
  openLocation: { devices: both, since: '0', run: openLocation },
  // The classic SDK asks for it after `agentConfig` on Windows, and does not look at the answer.
  'wwapp.initWwOpenData': { devices: wecom, since: '0', free: true, run: () => done },
}

/** Whether this client has the function at all: its kind, version and system. */
export function isAvailable(
  { devices, since, systems }: ClientFunction,
  webview: WebviewRecord,
): boolean {
  return (
    devices.includes(webview.device) &&
    !isOlder(versionOf(webview), since) &&
    (!systems || systems.includes(systemOf(webview)))
  )
}

/** Android answers with JSON in a text (platform.md §9.3). */
function checkJsApi(_world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  const names = textsOf(params.jsApiList)
  const has = (name: string) => {
    const known = entryOf(functions, name)
    return known !== undefined && isAvailable(known, webview)
  }
  const checkResult = Object.fromEntries(names.map((name) => [name, has(name)]))
  return {
    ...done,
    checkResult: systemOf(webview) === 'android' ? JSON.stringify(checkResult) : checkResult,
  }
}

/** WW-91800: by the ids of the page's app. */
function openProfile(
  world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
  app: App,
): Outcome {
  const ids = idsOf(world, app)
  const given = textOf(params.userid)
  const member = Number(params.type) === 1 ? ids.findMember(given) : undefined
  const customer = Number(params.type) === 2 ? ids.findCustomer(given) : undefined
  if (member)
    act(world, webview.id, { kind: 'openProfile', party: { kind: 'member', id: member.id } })
  else if (customer)
    act(world, webview.id, { kind: 'openProfile', party: { kind: 'customer', id: customer.id } })
  else return refused('invalid userid')
  return done
}

function openBrowser(world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  if (!isWebAddress(params.url)) return refused('invalid url')
  act(world, webview.id, { kind: 'openBrowser', url: params.url })
  return done
}

function launchMiniprogram(world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  const { appid, path } = params
  if (appid !== world.scene.miniprogram.appid) return refused('invalid appid')
  act(world, webview.id, {
    kind: 'openMiniprogram',
    appid,
    page: typeof path === 'string' && path !== '' ? path : world.scene.miniprogram.home,
  })
  return done
}

function addCustomer(world: World, webview: WebviewRecord, _call: BridgeCall, app: App): Outcome {
  if (!mayUse(world, webview, app)) return notAllowed
  act(world, webview.id, { kind: 'addCustomer' })
  return done
}

/** Its two refusals are published by the SDK. */
function hideAttachmentMenu(world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  if (!isFrom(webview, ['chat_attachment'])) return withoutContext(webview, 'chat_attachment')
  const items = textsOf(params.menuList)
  if (items.length === 0 || items.some((one) => one !== 'sendMessage'))
    return refused('invalid menuList')
  act(world, webview.id, { kind: 'hideAttachmentMenu', items })
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

/** The client fetches it by itself, without the page's cookies. */
function previewFile(world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  if (!isWebAddress(params.url)) return refused('invalid url')
  const size = Number(params.size)
  const name = textOf(params.name) || (new URL(params.url).pathname.split('/').at(-1) ?? '')
  act(world, webview.id, {
    kind: 'previewFile',
    url: params.url,
    name,
    bytes: Number.isFinite(size) ? size : 0,
  })
  return done
}

/** WW-100488: a point on the map. Here the coordinates are checked, and no map opens. */
function openLocation(_world: World, _webview: WebviewRecord, { params }: BridgeCall): Outcome {
  const isWithin = (value: unknown, most: number) =>
    value !== '' && value !== null && Math.abs(Number(value)) <= most
  return isWithin(params.latitude, 90) && isWithin(params.longitude, 180)
    ? done
    : refused('invalid coordinate')
}

function close(world: World, webview: WebviewRecord): Outcome {
  act(world, webview.id, { kind: 'close' })
  return done
}

/**
 * The phone asks its owner; the rep's own client has leave already and stands where the phone
 * stands.
 */
async function locate(world: World, webview: WebviewRecord): Promise<Outcome> {
  const position =
    webview.device === 'wecom' ? world.devices.position : await askLocation(world, webview.id)
  return position ? { ...done, ...position, speed: 0 } : cancelled
}
