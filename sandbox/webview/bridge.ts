import { entryOf } from '../platform/fields.ts'
import { idsOf } from '../state/ids.ts'
import { changed, now, type ProvedConfigs, type WebviewRecord, type World } from '../state/world.ts'
import type { App } from '../wecom/apps/state.ts'
import { functions, isAvailable } from './functions.ts'
import { isOlder, unconfigured, undeclared, type BridgeCall, type Outcome } from './outcome.ts'
import { isTrusted, signingTicket, type Signed } from './signature.ts'
import { versionOf } from './webviews.ts'

export type BridgeReply = Record<string, unknown>

/**
 * Plays the client's side of `WeixinJSBridge.invoke` (platform.md §9.2–9.5). Always answers;
 * `err_msg` is in the clients' raw form.
 */
export async function invokeBridge(
  world: World,
  webview: WebviewRecord,
  call: BridgeCall,
): Promise<BridgeReply> {
  const { outcome, ...more } = await run(world, webview, call)
  const result = { err_msg: `${call.name}:${outcome}`, ...more }
  world.invokes.push({
    at: new Date(now(world)).toISOString(),
    webviewId: webview.id,
    ...call,
    result,
  })
  if (world.invokes.length > 2000) world.invokes.shift()
  changed(world)
  return result
}

async function run(world: World, webview: WebviewRecord, call: BridgeCall): Promise<Outcome> {
  const { name } = call
  if (name === 'agentConfig') return agentConfig(world, webview, call)
  if (name === 'preVerifyJSAPI') return preVerify(world, webview, call)
  const known = entryOf(functions, name)
  if (!known || !isAvailable(known, webview)) return { outcome: 'function not exist' }
  const configs = configsOf(webview, call)
  const hindrance = known.free
    ? undefined
    : hindranceTo(webview, call, configs, known.needsAgent === true)
  if (hindrance !== undefined) return { outcome: `fail_${hindrance}` }
  const app = appOf(world, configs)
  if (known.needsContacts && !hasContacts(world, webview, app))
    return { outcome: 'fail_no permission' }
  return known.run(world, webview, call, app)
}

/** Why a function may not be called, in the client's words. */
function hindranceTo(
  webview: WebviewRecord,
  call: BridgeCall,
  { corp, agent }: ProvedConfigs,
  needsAgent: boolean,
): string | undefined {
  if (webview.scenario.noPermission) return 'no permission'
  const proofs = [corp, agent].filter((one) => one !== undefined)
  // An SDK repeats a verify block on every call: `@wecom/jssdk` that of its last proof, the classic
  // one that of `config` even when `agentConfig` has followed. A proof of another page is none.
  if (!proofs.some(({ signature }) => signature === call.params.verifySignature))
    return unconfigured(webview)
  // 本接口必须使用应用身份进行注册: the corp's identity alone does not open it.
  if (needsAgent && !agent) return 'no permission'
  const opened = needsAgent ? [agent] : proofs
  return opened.some((one) => one?.names.has(call.name)) ? undefined : undeclared(webview)
}

/** 客户联系, of the app and of the member. */
function hasContacts(world: World, { userId }: WebviewRecord, { permissions }: App): boolean {
  return (
    permissions.includes('externalcontact:base:base') &&
    !world.contacts.withoutFeature.includes(userId)
  )
}

/** The app whose page this is; before a config and in WeChat the main one. */
function appOf(world: World, { corp, agent }: ProvedConfigs): App {
  const proved = agent?.appKey ?? corp?.appKey
  const app = world.apps.list.find(({ key }) => key === proved) ?? world.apps.list[0]
  if (!app) throw new Error('a scene needs an app')
  return app
}

/**
 * WW-96909: the app's identity. Before 3.0.24 the corp's must be proved first (platform.md §9.3).
 */
function agentConfig(world: World, webview: WebviewRecord, call: BridgeCall): Outcome {
  const { corpid, agentid, timestamp, nonceStr, signature, jsApiList } = call.params
  if (webview.device !== 'wecom') return { outcome: 'function not exist' }
  if (
    !isText(corpid) ||
    !isText(agentid) ||
    !isText(timestamp) ||
    !isText(nonceStr) ||
    !isText(signature) ||
    !isNames(jsApiList)
  )
    return { outcome: 'fail' }
  if (isOlder(versionOf(webview), '3.0.24') && !configsOf(webview, call).corp)
    return { outcome: 'fail_the permission value is offline verifying' }
  const apps = world.apps.list.filter((app) => idsOf(world, app).corp(app.corpId) === corpid)
  if (apps.length === 0) return { outcome: 'fail_invalid corpid' }
  const app = apps.find((one) => one.agentId === agentid)
  if (!app) return { outcome: 'fail_invalid agentid' }
  const proof = { kind: 'agent', appKey: app.key, names: jsApiList } as const
  return prove(
    world,
    webview,
    call,
    { timestamp, nonceStr, signature, url: call.url },
    proof,
    ({ kind, owner }) => (kind === 'wecom.agent-ticket' && owner === app.key ? undefined : 42012),
  )
}

/** `config` of both SDKs: the corp's identity in WeCom, the official account's in WeChat. */
function preVerify(world: World, webview: WebviewRecord, call: BridgeCall): Outcome {
  const { verifyAppId, verifyTimestamp, verifyNonceStr, verifySignature, verifyJsApiList } =
    call.params
  if (
    !isText(verifyAppId) ||
    !isText(verifyTimestamp) ||
    !isText(verifyNonceStr) ||
    !isText(verifySignature) ||
    !isNames(verifyJsApiList)
  )
    return { outcome: 'fail' }
  const signed = {
    timestamp: verifyTimestamp,
    nonceStr: verifyNonceStr,
    signature: verifySignature,
    url: call.url,
  }
  if (webview.device === 'wechat') {
    if (verifyAppId !== world.scene.officialAccount.appid) return { outcome: 'fail_invalid appid' }
    const proof = { kind: 'corp', appKey: null, names: verifyJsApiList } as const
    return prove(world, webview, call, signed, proof, ({ kind, owner }) =>
      kind === 'wechat.ticket' && owner === verifyAppId ? undefined : -1,
    )
  }
  const apps = world.apps.list.filter((app) => idsOf(world, app).corp(app.corpId) === verifyAppId)
  if (apps.length === 0) return { outcome: 'fail_invalid corpid' }
  const owner = signingTicket(world, signed)?.owner
  const app = apps.find(({ key }) => key === owner)
  const proof = { kind: 'corp', appKey: app?.key ?? null, names: verifyJsApiList } as const
  return prove(world, webview, call, signed, proof, ({ kind }) =>
    kind === 'wecom.ticket' && app ? undefined : 42012,
  )
}

/**
 * `wrong`: the errcode for a living ticket that is not the one this identity signs with (42012,
 * WW-90506), or nothing when it is.
 */
function prove(
  world: World,
  webview: WebviewRecord,
  call: BridgeCall,
  signed: Signed,
  { kind, appKey, names }: { kind: 'agent' | 'corp'; appKey: string | null; names: string[] },
  wrong: (ticket: { kind: string; owner: string }) => number | undefined,
): Outcome {
  if (!isTrusted(world, call.url)) return { outcome: 'fail_invalid url domain' }
  const ticket = webview.scenario.wrongTicket ? undefined : signingTicket(world, signed)
  if (!ticket) return { outcome: 'fail_invalid signature' }
  const errcode = wrong(ticket)
  if (errcode !== undefined) return { outcome: 'fail_invalid signature', err_code: errcode }
  webview.configs.set(keyOf(call), {
    ...configsOf(webview, call),
    [kind]: { signature: signed.signature, names: new Set(names), appKey },
  })
  const checkResult = Object.fromEntries(names.map((name) => [name, isPlayed(webview, name)]))
  return { outcome: 'ok', ...(kind === 'agent' && { checkResult }) }
}

function isPlayed(webview: WebviewRecord, name: string): boolean {
  const known = entryOf(functions, name)
  return known !== undefined && isAvailable(known, webview)
}

function configsOf(webview: WebviewRecord, call: BridgeCall): ProvedConfigs {
  return webview.configs.get(keyOf(call)) ?? {}
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
