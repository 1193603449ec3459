import { vi } from 'vitest'
import type { Delivery } from '../api.ts'
import type { OpenedSandbox } from './open-sandbox.ts'

/** The secrets of every address that these tests save. */
export const token = 'qLx7Wm2RtB9kVs4e'
export const aesKey = 'kWJ86suDMmqXbHvNfYc2TzR5pLaG9eQoIx3UtB7rZdV'
export const patience = { timeout: 20_000, interval: 20 }

/** The main app, the third-party suite, the two accounts. */
export function receiversOf({ env }: OpenedSandbox) {
  return {
    app: `app:${env.WECOM_CORP_ID}/${env.WECOM_AGENT_ID}`,
    suite: 'suite:ww6d94e1f7a2c83b05',
    official: `account:${env.OFFICIAL_ACCOUNT_APP_ID}`,
  }
}

export async function deliveries({ get }: OpenedSandbox, receiver: string): Promise<Delivery[]> {
  return (
    (await get(`/_sandbox/deliveries?receiver=${receiver}`)) as unknown as { items: Delivery[] }
  ).items
}

/** What saves an address. */
export function saving(receiver: string, url: string) {
  return { receiver, url, token, aesKey }
}

export function text(content: string) {
  return {
    ToUserName: 'ww',
    FromUserName: 'LinYue',
    CreateTime: 1348831860,
    MsgType: 'text',
    Content: content,
  }
}

/** Pushes a text message by hand. */
export function sending(
  sandbox: OpenedSandbox,
  receiver: string,
  content: string,
): Promise<Delivery> {
  return sandbox.post('/_sandbox/pushes', {
    receiver,
    body: text(content),
  }) as unknown as Promise<Delivery>
}

/**
 * Saves an address; once more where a starved machine kept its receiver from answering within the
 * second.
 */
export async function save(sandbox: OpenedSandbox, receiver: string, url: string): Promise<void> {
  await vi.waitFor(() => sandbox.post('/_sandbox/callbacks', saving(receiver, url)), patience)
}
