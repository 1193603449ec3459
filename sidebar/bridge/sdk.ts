import {
  closeWindow,
  ensureConfigReady,
  env,
  getContext,
  getCurExternalChat,
  getCurExternalContact,
  openUserProfile,
  previewImage,
  register,
  sendChatMessage,
} from '@wecom/jssdk'
import type * as v from 'valibot'
import type { PushEntry as PushEntrySchema, PushMessage } from '../../shared/contract/materials.ts'
import type { Signature } from './signatures.ts'
import { BridgeError, causeOf, isCancelled, type Cause } from './causes.ts'

export type PushEntry = v.InferOutput<typeof PushEntrySchema>
export type Target = { externalUserId: string } | { chatId: string }

/** The entry of the sidebar, with the customer. The workbench and other places have no customer. */
export interface Entry {
  entry: PushEntry
  target: Target | null
  /** The client is older than 3.0.24: it knows the customer, but may refuse to send. */
  outdated?: boolean
}

export type PushResult =
  { state: 'sent' } | { state: 'cancelled' } | { state: 'failed'; cause: Cause }

/** Every method settles; every rejection is a `BridgeError`. */
export interface Bridge {
  readonly inWecom: boolean
  detectEntry(): Promise<Entry>
  push(message: PushMessage): Promise<PushResult>
  openProfile(externalUserId: string): Promise<void>
  previewImage(urls: string[], current: string): Promise<void>
  closeWindow(): Promise<void>
}

export interface BridgeOptions {
  corpId: string
  agentId: string
  /** Signs a page address for the app (`agent`) or, for clients before 3.0.24, for the corp. */
  sign: (kind: 'agent' | 'corp', url: string, refused?: boolean) => Promise<Signature>
  /**
   * The time limits of registering, and of each answer. A push may take longer, because the client
   * may ask the rep first.
   */
  timeouts?: { ready: number; answer: number; push: number }
}

/** WW-98539: `sendChatMessage` works only from these. */
const entriesThatPush: readonly PushEntry[] = [
  'single_chat_tools',
  'group_chat_tools',
  'chat_attachment',
  'single_kf_tools',
]

export function canPushFrom({ entry, target }: Entry): boolean {
  return (target !== null || entry === 'chat_attachment') && entriesThatPush.includes(entry)
}

/** Whether this is WeCom, by the user agent alone, so no sign-in is needed. */
export function inWecom(): boolean {
  return env.isWeCom
}

const jsApiList = [
  'getContext',
  'getCurExternalContact',
  'getCurExternalChat',
  'sendChatMessage',
  'openUserProfile',
  'previewImage',
  'closeWindow',
]

export function connectBridge({
  corpId,
  agentId,
  sign,
  timeouts = { ready: 12_000, answer: 8_000, push: 120_000 },
}: BridgeOptions): Bridge {
  let signedUrl: string | undefined
  let registered = false
  /**
   * Whether the client refused a signature of its own address. The platform may have ended our
   * ticket early, so the next signature asks for a new one.
   */
  let refused = false
  const ownRejections = new WeakSet<object>()

  async function signed(kind: 'agent' | 'corp', url: string): Promise<Signature> {
    const signature = await sign(kind, url, refused)
    signedUrl = signature.url
    return signature
  }

  const remember = (failure: unknown) => {
    if (typeof failure === 'object' && failure !== null) ownRejections.add(failure)
  }

  /**
   * `register` starts the consent without catching it. The same failure then arrives here and,
   * unhandled, at the window.
   */
  function tolerateOwnRejections(event: PromiseRejectionEvent): void {
    if (
      typeof event.reason === 'object' &&
      event.reason !== null &&
      ownRejections.has(event.reason)
    )
      event.preventDefault()
  }

  function registerOnce(): void {
    if (registered) return
    registered = true
    window.addEventListener('unhandledrejection', tolerateOwnRejections)
    register({
      corpId,
      agentId,
      jsApiList,
      getConfigSignature: (url) => signed('corp', url),
      getAgentConfigSignature: (url) => signed('agent', url),
      onConfigFail: remember,
      onAgentConfigFail: remember,
    })
  }

  const pageUrl = () => location.href.split('#')[0] ?? ''
  const fail = (failure: unknown): never => {
    throw new BridgeError(causeOf(failure, { signedUrl, pageUrl: pageUrl() }))
  }

  /** Outside WeCom the SDK's calls never settle, so we do not make them there. */
  async function ready(): Promise<void> {
    if (!env.isWeCom) throw new BridgeError({ code: 'outside_wecom', said: navigator.userAgent })
    registerOnce()
    const consent = () => within<unknown>(timeouts.ready, 'agentConfig', ensureConfigReady())
    await consent().catch((failure: unknown) => {
      // The page's address changed while it was being signed, and the SDK gives up. A second try
      // signs the new address.
      if (failure instanceof Error && failure.message.includes('Aborted')) return consent()
      const { code } = causeOf(failure, { signedUrl, pageUrl: pageUrl() })
      if (code !== 'signature_invalid' || signedUrl !== pageUrl()) throw failure
      refused = true
      return consent()
    })
    refused = false
  }

  async function ask<T>(name: string, call: () => Promise<T>, limit = timeouts.answer): Promise<T> {
    await ready().catch(fail)
    return within(limit, name, call()).catch(fail)
  }

  const contact = async () => ({
    externalUserId: (await ask('getCurExternalContact', () => getCurExternalContact())).userId,
  })
  const chat = async () => ({
    chatId: (await ask('getCurExternalChat', () => getCurExternalChat())).chatId,
  })

  /** Clients before 3.0.24 have no `getContext`. The first call that answers shows the entry. */
  async function entryByTrying(): Promise<Entry> {
    try {
      return { entry: 'single_chat_tools', target: await contact(), outdated: true }
    } catch (failure) {
      if (!isCause(failure, 'wrong_entry')) throw failure
      return { entry: 'group_chat_tools', target: await chat(), outdated: true }
    }
  }

  /** From the attachment menu WeCom sends into the open chat, but need not say whose chat it is. */
  async function targetByTrying(): Promise<Entry['target']> {
    try {
      return (await entryByTrying()).target
    } catch (failure) {
      if (isCause(failure, 'wrong_entry')) return null
      throw failure
    }
  }

  async function detectEntry(): Promise<Entry> {
    let name: string
    try {
      name = (await ask('getContext', () => getContext())).entry
    } catch (failure) {
      if (isCause(failure, 'client_too_old')) return entryByTrying()
      throw failure
    }
    switch (name) {
      case 'group_chat_tools':
        return { entry: name, target: await chat() }
      case 'chat_attachment':
        return { entry: name, target: await targetByTrying() }
      case 'single_chat_tools':
      case 'contact_profile':
      case 'single_kf_tools':
        return { entry: name, target: await contact() }
      default:
        // The workbench, and chats between companies (chain_…), have no customer.
        return { entry: 'normal', target: null }
    }
  }

  async function push(message: PushMessage): Promise<PushResult> {
    try {
      await ask('sendChatMessage', () => sendOrCancel(message), timeouts.push)
      return { state: 'sent' }
    } catch (failure) {
      if (failure instanceof BridgeError && failure.reason === cancelledByRep)
        return { state: 'cancelled' }
      return { state: 'failed', cause: causeOf(failure, { signedUrl, pageUrl: pageUrl() }) }
    }
  }

  return {
    inWecom: env.isWeCom,
    detectEntry,
    push,
    openProfile: async (userid) =>
      void (await ask('openUserProfile', () => openUserProfile({ type: externalContact, userid }))),
    previewImage: async (urls, current) =>
      void (await ask('previewImage', () => previewImage({ urls, current }))),
    closeWindow: async () => void (await ask('closeWindow', () => closeWindow())),
  }
}

/** `OpenUserProfileType.external`; the enum object itself would not tree-shake. */
const externalContact = 2

const cancelledByRep: Cause = { code: 'unknown', said: 'cancelled' }

async function sendOrCancel(message: PushMessage): Promise<unknown> {
  try {
    return await sendChatMessage(message)
  } catch (failure) {
    if (isCancelled(failure)) throw new BridgeError(cancelledByRep)
    throw failure
  }
}

function isCause(failure: unknown, code: Cause['code']): boolean {
  return failure instanceof BridgeError && failure.reason.code === code
}

/**
 * Adds a time limit, because the SDK has none. A client that never answers would leave a spinner
 * for ever.
 */
async function within<T>(milliseconds: number, what: string, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new BridgeError({ code: 'timeout', said: `${what}: no answer in ${milliseconds} ms` }),
        ),
      milliseconds,
    )
  })
  try {
    return await Promise.race([answer, limit])
  } finally {
    clearTimeout(timer)
  }
}
