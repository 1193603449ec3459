import { changed, mainApp, now, type WebviewRecord, type World } from '../state/world.ts'
import { functions } from './functions.ts'
import { isOlder } from './outcome.ts'
import { isSignedBy, isTrusted } from './signature.ts'
import { versionOf } from './webviews.ts'

export interface BridgeCall {
  /** Random, new with each document: a reload forgets what was proved. */
  page: string
  url: string
  name: string
  params: Record<string, unknown>
}

export type BridgeReply = Record<string, unknown>

/** Plays the client's side of `WeixinJSBridge.invoke` (platform.md §9.2–9.5). Always answers; `err_msg` is in the clients' raw form. */
export async function invokeBridge(world: World, webview: WebviewRecord, call: BridgeCall): Promise<BridgeReply> {
  const result = await run(world, webview, call)
  world.invokes.push({ at: new Date(now(world)).toISOString(), webviewId: webview.id, ...call, result })
  if (world.invokes.length > 2000) world.invokes.shift()
  changed(world)
  return result
}

async function run(world: World, webview: WebviewRecord, call: BridgeCall): Promise<BridgeReply> {
  const { name } = call
  if (name === 'agentConfig') return { err_msg: `agentConfig:${agentConfig(world, webview, call)}` }
  if (name === 'preVerifyJSAPI') return { err_msg: `preVerifyJSAPI:${preVerify(world, webview, call)}` }
  const known = functions[name]
  if (!known || !known.devices.includes(webview.device) || isOlder(versionOf(webview), known.since))
    return { err_msg: `${name}:function not exist` }
  const hindrance = hindranceTo(world, webview, call, known.free === true)
  if (hindrance) return { err_msg: `${name}:fail_${hindrance}` }
  const { outcome, ...more } = await known.run(world, webview, call)
  return { err_msg: `${name}:${outcome}`, ...more }
}

/** Why a function may not be called, in the client's words. */
function hindranceTo(world: World, webview: WebviewRecord, call: BridgeCall, isFree: boolean): string | undefined {
  if (isFree) return undefined
  if (webview.scenario.noPermission) return 'no permission'
  const config = webview.configs.get(keyOf(call))
  // The SDK repeats its verify block on every call; another page's proof is none.
  if (!config || config.signature !== call.params.verifySignature) return 'no permission'
  return config.names.has(call.name) ? undefined : 'permission denied'
}

/** WW-96909: the app's identity. */
function agentConfig(world: World, webview: WebviewRecord, call: BridgeCall): string {
  const { corpid, agentid, timestamp, nonceStr, signature, jsApiList } = call.params
  if (webview.device !== 'wecom') return 'function not exist'
  if (!isText(corpid) || !isText(agentid) || !isText(timestamp) || !isText(nonceStr) || !isText(signature) || !isNames(jsApiList))
    return 'fail'
  if (corpid !== world.scene.corp.id) return 'fail_invalid corpid'
  if (agentid !== mainApp(world).agentId) return 'fail_invalid agentid'
  const signed = { timestamp, nonceStr, signature, url: call.url }
  return prove(world, webview, call, 'wecom.agent-ticket', signed, jsApiList)
}

/** `config` of both SDKs: the corp's identity in WeCom, the official account's in WeChat. */
function preVerify(world: World, webview: WebviewRecord, call: BridgeCall): string {
  const { verifyAppId, verifyTimestamp, verifyNonceStr, verifySignature, verifyJsApiList } = call.params
  if (!isText(verifyAppId) || !isText(verifyTimestamp) || !isText(verifyNonceStr) || !isText(verifySignature) || !isNames(verifyJsApiList))
    return 'fail'
  const isWecom = webview.device === 'wecom'
  if (verifyAppId !== (isWecom ? world.scene.corp.id : world.scene.officialAccount.appid))
    return isWecom ? 'fail_invalid corpid' : 'fail_invalid appid'
  const signed = { timestamp: verifyTimestamp, nonceStr: verifyNonceStr, signature: verifySignature, url: call.url }
  return prove(world, webview, call, isWecom ? 'wecom.ticket' : 'wechat.ticket', signed, verifyJsApiList)
}

function prove(
  world: World,
  webview: WebviewRecord,
  call: BridgeCall,
  kind: Parameters<typeof isSignedBy>[1],
  signed: Parameters<typeof isSignedBy>[2],
  names: string[],
): string {
  if (!isTrusted(world, call.url)) return 'fail_invalid url domain'
  if (webview.scenario.wrongTicket || !isSignedBy(world, kind, signed)) return 'fail_invalid signature'
  webview.configs.set(keyOf(call), { signature: signed.signature, names: new Set(names) })
  return 'ok'
}

function keyOf({ page, url }: BridgeCall): string {
  return `${page} ${url.split('#')[0] ?? ''}`
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
