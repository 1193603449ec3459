import { expect } from 'vitest'
import type { Conversation, Delivery } from '../api.ts'
import { accounts } from '../scenes/accounts.ts'
import { openReceiver, type Received } from './receiver.ts'
import { openSandbox, type OpenedSandbox } from './open-sandbox.ts'

type Json = Record<string, unknown>
type Kind = 'service' | 'subscription' | 'miniprogram'

/** 林悦 follows the service account, 陈国栋 does not. */
export const openids = {
  linyue: { service: 'oGzh4s8KfXq2Vw6RbT1yLd9NmJc0', miniprogram: 'oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8' },
  chenguodong: { service: 'oGzh4s3LtPv7Ym1HcQ8xRk5WdEa2' },
  hejing: { service: 'oGzh4s9WjBn4Dx6KvS2pLr7TqFe5' },
}

export const appids: Record<Kind, string> = {
  service: accounts.officialAccount.appid,
  subscription: accounts.wechat.subscription.appid,
  miniprogram: accounts.miniprogram.appid,
}
const secrets: Record<Kind, string> = {
  service: accounts.officialAccount.secret,
  subscription: accounts.wechat.subscription.secret,
  miniprogram: accounts.miniprogram.secret,
}

export interface OpenedWechat extends OpenedSandbox {
  /** A call with the account's stable token; with a body it is a POST. */
  as: (kind: Kind, path: string, body?: unknown, query?: Record<string, string>) => Promise<Json>
  /** The same call as it comes over the wire: pictures, uploads. */
  fetchAs: (
    kind: Kind,
    path: string,
    init?: RequestInit,
    query?: Record<string, string>,
  ) => Promise<Response>
  happen: (name: string, body: unknown) => Promise<Json>
  /** Without what was said before the test. */
  chat: (appid: string, customerId: string) => Promise<Conversation | undefined>
  /** The plaintext of what was pushed to an account, oldest first. */
  pushes: (kind: Kind) => Promise<string[]>
  /** A server of the account that answers pushes with this; it hears of each one. */
  listen: (kind: Kind, answer?: string) => Promise<Received[]>
}

/** A sandbox with the demo scene, seen from the side of WeChat's accounts. */
export async function openWechat(): Promise<OpenedWechat> {
  const sandbox = await openSandbox()
  const openedAt = (await sandbox.state()).clock.now
  const token = async (kind: Kind) => {
    const given = { grant_type: 'client_credential', appid: appids[kind], secret: secrets[kind] }
    return String((await sandbox.post('/wechat/cgi-bin/stable_token', given)).access_token)
  }
  const fetchAs: OpenedWechat['fetchAs'] = async (kind, path, init = {}, query = {}) =>
    fetch(
      `${sandbox.origin}/wechat/${path}?${new URLSearchParams({ access_token: await token(kind), ...query })}`,
      init,
    )
  return {
    ...sandbox,
    fetchAs,
    async as(kind, path, body, query) {
      const init =
        body === undefined
          ? {}
          : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }
      return (await (await fetchAs(kind, path, init, query)).json()) as Json
    },
    happen: (name, body) => sandbox.post(`/_sandbox/happenings/${name}`, body),
    async chat(appid, customerId) {
      const { conversations } = await sandbox.state()
      const found = conversations.find(
        ({ participants }) =>
          participants.some(({ id }) => id === appid) &&
          participants.some(({ id }) => id === customerId),
      )
      return found && { ...found, messages: found.messages.filter(({ at }) => at >= openedAt) }
    },
    async pushes(kind) {
      const { items } = (await sandbox.get(
        `/_sandbox/deliveries?receiver=account:${appids[kind]}`,
      )) as unknown as { items: Delivery[] }
      return items.map(({ body }) => body)
    },
    async listen(kind, answer = 'success') {
      const [key, aesKey] = ['qLx7Wm2RtB9kVs4e', 'kWJ86suDMmqXbHvNfYc2TzR5pLaG9eQoIx3UtB7rZdV']
      const { url, received } = await openReceiver({
        token: key,
        aesKey,
        onPush: (_push, response) => response.end(answer),
      })
      await sandbox.post('/_sandbox/callbacks', {
        receiver: `account:${appids[kind]}`,
        url,
        token: key,
        aesKey,
        mode: 'plain',
      })
      return received
    },
  }
}

/** A number or text in document order without its CDATA: `field(push, 'EventKey')`. */
export function field(push: string | undefined, name: string): string | undefined {
  return new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`).exec(push ?? '')?.[1]
}

/** A push in the order and form of a sample of events.json, whatever its values. */
export function shapeOf(push: string): string {
  return push.replace(/<!\[CDATA\[.*?\]\]>/g, '[]').replace(/>[-\d.]+</g, '>0<')
}

export const patience = { timeout: 20_000, interval: 20 }

/** One test image of 1 × 1. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

/** Uploads a file as an account's medium and gives its id. */
export async function upload(
  { fetchAs }: OpenedWechat,
  kind: Kind,
  type: string,
  bytes = pixel,
  name = 'a.png',
  contentType = 'image/png',
) {
  const form = new FormData()
  form.append('media', new Blob([new Uint8Array(bytes)], { type: contentType }), name)
  const reply = (await (
    await fetchAs(kind, 'cgi-bin/media/upload', { method: 'POST', body: form }, { type })
  ).json()) as Json
  expect(reply).toMatchObject({ type, media_id: expect.any(String) })
  return String(reply.media_id)
}
