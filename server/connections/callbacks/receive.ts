import { createHash } from 'node:crypto'
import type { Context as KoaContext } from 'koa'
import type { Context } from '../../base/context.ts'
import type { ApiRouter } from '../../base/http/api-router.ts'
import { readBytes } from '../../base/http/body.ts'
import { fail } from '../../base/problem.ts'
import {
  type CallbackSecrets,
  EnvelopeError,
  openEnvelope,
} from '../../platforms/wecom/envelope.ts'
import { eventOf, PushError, readEncrypted, readPush } from '../../platforms/wecom/push.ts'
import { insertCallback } from './store.ts'
import { directory, type WecomApp } from '../directory.ts'
import { handlersOf, platformPushes } from './handle.ts'

/** The largest push, a change of a full group, is far below. */
const bodyLimit = 64 * 1024

/**
 * `GET|POST /callbacks/wecom/:connection`. The connection is named by its id, or by the AgentId as
 * long as only one corp has that.
 */
export function callbackRoutes({ ctx, pages }: ApiRouter): void {
  const path = '/callbacks/wecom/:connection'
  pages.get(path, (koa) => receive(ctx, koa, path, prove))
  pages.post(path, (koa) => receive(ctx, koa, path, take))
}

type Step = (ctx: Context, koa: KoaContext, app: WecomApp, keys: CallbackSecrets) => Promise<string>

async function receive(ctx: Context, koa: KoaContext, route: string, step: Step): Promise<void> {
  koa.route = route
  koa.set('Cache-Control', 'no-store')
  const app = appNamed(ctx, (koa.params as { connection?: string }).connection ?? '')
  if (!app?.callback) fail('not_found', 'No callback is set up at this address')
  try {
    // Not a byte beside it: the platform compares (WW-96238).
    koa.body = await step(ctx, koa, app, { ...app.callback, receiveId: app.corpId })
    koa.type = 'text/plain'
  } catch (error) {
    if (!(error instanceof EnvelopeError || error instanceof PushError)) throw error
    ctx.log.warn({ route, reason: error.message }, 'a callback was refused')
    fail('forbidden', 'This is not signed and encrypted as the callback settings say')
  }
}

function appNamed(ctx: Context, name: string): WecomApp | undefined {
  const apps = ctx.memory
    .get(directory)
    .connections()
    .filter((one) => one.kind === 'wecom_app')
  const numbered = apps.filter(({ platformId }) => platformId === name)
  return apps.find(({ id }) => id === name) ?? (numbered.length === 1 ? numbered[0] : undefined)
}

/** The address is being saved in the admin console: what was encrypted is said in plain. */
async function prove(
  _ctx: Context,
  koa: KoaContext,
  _app: WecomApp,
  keys: CallbackSecrets,
): Promise<string> {
  return Promise.resolve(openEnvelope(keys, { ...sealOf(koa), encrypted: one(koa, 'echostr') }))
}

/**
 * Kept as it came, then acknowledged; handled from the table. Answering later than in five seconds
 * would bring it again (WW-90930).
 */
async function take(
  ctx: Context,
  koa: KoaContext,
  { id: connection, corpId }: WecomApp,
  keys: CallbackSecrets,
): Promise<string> {
  const encrypted = readEncrypted((await readBytes(koa.req, bodyLimit)).toString('utf8'))
  const message = openEnvelope(keys, { ...sealOf(koa), encrypted }).replaceAll('\u0000', '')
  const { event, messageId } = glance(message)
  const now = ctx.clock.now()
  const isHandled = handlersOf(ctx, 'wecom', event).length > 0
  const isNew = await insertCallback(ctx.db, {
    id: ctx.random.id(),
    platform: 'wecom',
    connection,
    corpId,
    // WW-90238 would have events told apart by sender and second. But contacts' events are all sent
    // by `sys`, and two may come within a second: the text is exact.
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

/** What came from WeCom is kept even when it cannot be read. */
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
