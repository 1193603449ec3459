import { createHash } from 'node:crypto'
import type { Context as KoaContext } from 'koa'
import type { Context } from '../../base/context.ts'
import type { ApiRouter } from '../../base/http/api-router.ts'
import { readBytes } from '../../base/http/body.ts'
import { fail } from '../../base/problem.ts'
import {
  type CallbackSecrets,
  EnvelopeError,
  expectDigest,
  expectSignature,
  openEnvelope,
} from '../../platforms/envelope.ts'
import { eventOf, PushError, readEncrypted, readPush } from '../../platforms/push.ts'
import { insertCallback } from './store.ts'
import type { Platform } from '../../domain.ts'
import { directory } from '../directory.ts'
import { handlersOf, platformPushes } from './handle.ts'
import { refusals } from './refusals.ts'

/** The largest push, a change of a full group, is far smaller. */
const bodyLimit = 64 * 1024

/**
 * `GET|POST /callbacks/wecom/:connection` and `/callbacks/wechat/:connection`. The id of a
 * connection names it. So does its AppId, and its AgentId while only one corp has that.
 */
export function callbackRoutes({ ctx, pages }: ApiRouter): void {
  for (const platform of ['wecom', 'wechat'] as const) {
    const path = `/callbacks/${platform}/:connection`
    const prove = platform === 'wecom' ? proveToWecom : proveToWechat
    pages.get(path, (koa) => receive(ctx, koa, { path, platform }, prove))
    pages.post(path, (koa) => receive(ctx, koa, { path, platform }, take))
  }
}

/** The receiver of a push, with the secrets that must sign and encrypt it. */
interface Receiver {
  platform: Platform
  connection: string
  corpId: string
  keys: CallbackSecrets
}

type Step = (ctx: Context, koa: KoaContext, receiver: Receiver) => Promise<string> | string

async function receive(
  ctx: Context,
  koa: KoaContext,
  { path, platform }: { path: string; platform: Platform },
  step: Step,
): Promise<void> {
  koa.route = path
  koa.set('Cache-Control', 'no-store')
  const to = receiverNamed(ctx, platform, (koa.params as { connection?: string }).connection ?? '')
  if (!to) fail('not_found', 'No callback is set up at this address')
  try {
    // Exactly this text, because the platform compares it (WW-96238).
    koa.body = await step(ctx, koa, to)
    koa.type = 'text/plain'
  } catch (error) {
    if (!(error instanceof EnvelopeError || error instanceof PushError)) throw error
    await ctx.memory.get(refusals).count(koa.ip)
    ctx.log.warn({ route: path, reason: error.message }, 'a callback was refused')
    fail('forbidden', 'This is not signed and encrypted as the callback settings say')
  }
}

function receiverNamed(ctx: Context, platform: Platform, name: string): Receiver | undefined {
  const all = ctx.memory
    .get(directory)
    .connections()
    .filter(({ kind }) => (kind === 'wecom_app') === (platform === 'wecom'))
  const numbered = all.filter(({ platformId }) => platformId === name)
  const one = all.find(({ id }) => id === name) ?? (numbered.length === 1 ? numbered[0] : undefined)
  if (!one?.callback) return undefined
  const { id: connection, corpId, platformId, callback } = one
  const receiveId = platform === 'wecom' ? corpId : platformId
  return { platform, connection, corpId, keys: { ...callback, receiveId } }
}

/**
 * Answers WeCom's admin console, which saves the address: it sends a text encrypted, and we return
 * it in plain.
 */
function proveToWecom(_ctx: Context, koa: KoaContext, { keys }: Receiver): string {
  return openEnvelope(keys, { ...sealOf(koa), encrypted: one(koa, 'echostr') })
}

/** Answers WeChat's console. It encrypts nothing then, and signs in another way. */
function proveToWechat(_ctx: Context, koa: KoaContext, { keys: { token } }: Receiver): string {
  expectSignature(one(koa, 'signature'), [token, one(koa, 'timestamp'), one(koa, 'nonce')])
  return one(koa, 'echostr')
}

/**
 * Stores a push as it came, then acknowledges it. A job handles it later. After five seconds
 * without an answer the platform sends it again (WW-90930, and WeChat the same). WeChat's
 * compatible mode sends the plain text beside the encrypted one; we only trust the encrypted one.
 */
async function take(
  ctx: Context,
  koa: KoaContext,
  { platform, connection, corpId, keys }: Receiver,
): Promise<string> {
  const seal = sealOf(koa)
  // Without a signature the body need not be read.
  expectDigest(seal.signature)
  const { clientPatienceMs: patienceMs } = ctx.config
  const body = await readBytes(koa.req, { bytes: bodyLimit, patienceMs })
  const encrypted = readEncrypted(body)
  const message = openEnvelope(keys, { ...seal, encrypted }).replaceAll('\u0000', '')
  const { event, messageId } = glance(message)
  const now = ctx.clock.now()
  const isHandled = handlersOf(ctx, platform, event).length > 0
  const isNew = await insertCallback(ctx.db, {
    id: ctx.random.id(),
    platform,
    connection,
    corpId,
    // WW-90238 tells events apart by sender and second. But `sys` sends all events of contacts, and
    // two may come within a second. The text is exact.
    dedupeKey: messageId
      ? `id/${messageId}`
      : `text/${createHash('sha256').update(message).digest('base64url')}`,
    event,
    message,
    receivedAt: now,
    state: isHandled ? 'waiting' : 'ignored',
    nextTryAt: now,
  })
  if (isNew && isHandled) ctx.nudge(platformPushes.name)
  return 'success'
}

/** Returns event and id of a push, for its row. An unreadable push is stored too. */
function glance(message: string): { event: string; messageId: string } {
  try {
    const push = readPush(message)
    return { event: eventOf(push), messageId: push.MsgId }
  } catch (error) {
    if (!(error instanceof PushError)) throw error
    return { event: 'unreadable', messageId: '' }
  }
}

function sealOf(koa: KoaContext): { signature: string; timestamp: string; nonce: string } {
  return {
    signature: one(koa, 'msg_signature'),
    timestamp: one(koa, 'timestamp'),
    nonce: one(koa, 'nonce'),
  }
}

function one(koa: KoaContext, name: string): string {
  const value = koa.query[name]
  return typeof value === 'string' ? value : ''
}
