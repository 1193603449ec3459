import * as theirs from '@wecom/crypto'
import { callbacks } from '../connections/tables.ts'
import type { TestApp } from './test-app.ts'

/** Returns token and key of the app's pushes, as the sandbox gave them. */
export function callbackOf(app: TestApp) {
  const { callback } = app.first.app
  if (!callback) throw new Error('the sandbox gives callback settings')
  return callback
}

/** Returns the path at which the app's pushes arrive. */
export function pushAddress(app: TestApp): string {
  return `/callbacks/wecom/${app.first.app.agentId}`
}

interface Sealing {
  receiveId?: string
  token?: string
}

/** Returns a message that is signed and encrypted by WeCom's own package. */
export function envelope(
  app: TestApp,
  message: string,
  { receiveId = app.corpId, token = callbackOf(app).token }: Sealing = {},
) {
  const encrypted = theirs.encrypt(callbackOf(app).aesKey, message, receiveId)
  const [timestamp, nonce] = ['1732000000', '1372623149']
  const msg_signature = theirs.getSignature(token, timestamp, nonce, encrypted)
  return { query: { msg_signature, timestamp, nonce }, encrypted }
}

/** Sends a message as WeCom does; `on` is another process with the same accounts. */
export function postPush(
  app: TestApp,
  message: string,
  sealing: Sealing = {},
  on = app,
): Promise<Response> {
  const { query, encrypted } = envelope(app, message, sealing)
  const body = `<xml><ToUserName><![CDATA[${app.corpId}]]></ToUserName><AgentID>1</AgentID><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`
  return on.fetch(`${pushAddress(app)}?${new URLSearchParams(query)}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/xml' },
  })
}

let second = 1_732_000_000

/** Returns a message about a contact. No two happen at the same second. */
export function contactPush(
  app: TestApp,
  change: string,
  externalUserId: string,
  userId = 'ZhouXiaolan',
): string {
  second += 1
  return `<xml><ToUserName><![CDATA[${app.corpId}]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>${second}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_external_contact]]></Event><ChangeType><![CDATA[${change}]]></ChangeType><UserID><![CDATA[${userId}]]></UserID><ExternalUserID><![CDATA[${externalUserId}]]></ExternalUserID></xml>`
}

/** Saves an address of pushes as an admin does. The sandbox then checks it. */
export function saveAddress(app: TestApp, path = pushAddress(app)) {
  const receiver = `app:${app.corpId}/${app.first.app.agentId}`
  return app.sandbox?.door('POST', 'callbacks', {
    receiver,
    url: `${app.url}${path}`,
    ...callbackOf(app),
  })
}

export function storedPushes(app: TestApp) {
  return app.db.select().from(callbacks).orderBy(callbacks.receivedAt, callbacks.id)
}
