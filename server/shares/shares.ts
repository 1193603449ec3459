import type { HandlerInput } from '../../shared/contract/endpoint.ts'
import type { createShare, Material, PushMessage, Share } from '../../shared/contract/materials.ts'
import type { Context } from '../base/context.ts'
import { transact } from '../base/db/database.ts'
import { claim, madeBefore } from '../base/db/idempotency.ts'
import type { MemberSubject, VisitorSubject } from '../base/http/session/sessions.ts'
import { holdVisitor } from '../base/http/session/visitors.ts'
import { fail } from '../base/problem.ts'
import { findConnection } from '../connections/index.ts'
import { follows, memberName } from '../contacts/index.ts'
import { contactSeen, holdIdentity, isTrackingOff } from '../identity/index.ts'
import { materialById, presentMaterial } from '../materials/index.ts'
import { isIssued, looksIssued, record } from '../timeline/index.ts'
import { insertShare, shareById, type ShareRow, updateShareState } from './store.ts'

type ShareDraft = HandlerInput<typeof createShare>['body']

/**
 * Makes the share of a push, and returns it with the message to push. The same key gives the same
 * share, even while WeCom is out of reach.
 * @throws Problem `material_unknown`, `contact_unknown`, `contact_not_followed`,
 * `idempotency_conflict`, or a platform's
 */
export async function makeShare(
  ctx: Context,
  session: MemberSubject,
  draft: ShareDraft,
  key: string,
): Promise<{ share: Share; message: PushMessage }> {
  const { corpId, userId } = session
  const request = { owner: `${corpId}/${userId}`, key, body: ['createShare', draft] }
  const id = (await madeBefore(ctx, ctx.db, request)) ?? (await insertOnce())
  const share = await shareById(ctx.db, corpId, id)
  if (!share) throw new Error(`share ${id} is gone`)
  const material = await materialById(ctx.db, corpId, share.materialId)
  if (!material) fail('material_unknown')
  return {
    share: presentShare(share),
    message: messageOf(ctx, share, await presentMaterial(ctx, material)),
  }

  async function insertOnce(): Promise<string> {
    if (!(await materialById(ctx.db, corpId, draft.materialId))) fail('material_unknown')
    // The timeline will name the member, and it reads only stored names.
    await memberName(ctx, { corpId, userId })
    const row: ShareRow = {
      id: ctx.random.id(),
      corpId,
      materialId: draft.materialId,
      memberUserId: userId,
      entry: draft.entry,
      targetIdentityId:
        draft.to && 'externalUserId' in draft.to
          ? await followedContact(ctx, session, draft.to.externalUserId)
          : null,
      targetChatId: draft.to && 'chatId' in draft.to ? draft.to.chatId : null,
      parentId: null,
      forwards: 0,
      forwarderIdentityId: null,
      state: 'created',
      reason: null,
      createdAt: ctx.clock.now(),
    }
    return transact(ctx.db, async (tx) => {
      const counting = await claim(ctx, tx, request, row.id)
      // The contact may have been erased a moment ago. The next push then meets a new person.
      if (row.targetIdentityId !== null && !(await holdIdentity(tx, row.targetIdentityId)))
        fail('contact_unknown')
      if (counting === row.id) await insertShare(tx, row)
      return counting
    })
  }
}

/**
 * Returns the identity of a contact that the member follows.
 * @throws Problem `contact_not_followed`, `contact_unknown`, or a platform's
 */
export async function followedContact(
  ctx: Context,
  { corpId, userId }: MemberSubject,
  externalUserId: string,
): Promise<string> {
  if (!(await follows(ctx, { corpId, userId, externalUserId }))) fail('contact_not_followed')
  return (await contactSeen(ctx, { corpId, externalUserId })).identityId
}

/**
 * Returns a mini-program card where there is one, otherwise a link card to the same page of the H5
 * site.
 */
function messageOf(
  ctx: Context,
  { id, corpId }: ShareRow,
  { title, summary, cover }: Material,
): PushMessage {
  const imgUrl = cover?.url ?? ''
  const miniprogram = findConnection(ctx, 'miniprogram', { corpId })
  if (miniprogram) {
    // WeCom wants `.html` before the query, and WeChat removes it again (WW-96935).
    return {
      msgtype: 'miniprogram',
      miniprogram: {
        appid: miniprogram.platformId,
        title,
        imgUrl,
        page: `pages/material/index.html?share=${id}`,
      },
    }
  }
  return {
    msgtype: 'news',
    news: {
      // The corp stands before the fragment, which no server sees: one site may serve several.
      link: `${ctx.config.publicUrl}/h5/?corp=${corpId}#/pages/material/index?share=${id}`,
      title,
      desc: summary,
      imgUrl,
    },
  }
}

/**
 * Records what the client's SDK said about the push. Only the member who made the share may report
 * it. The first «sent» puts the push on the contact's timeline: the client has handed it to WeCom,
 * and nobody tells us whether it arrived.
 * @throws Problem `share_unknown`
 */
export async function settle(
  ctx: Context,
  { corpId, userId }: MemberSubject,
  {
    id,
    state,
    reason,
  }: { id: string; state: 'sent' | 'cancelled' | 'failed'; reason: string | null },
): Promise<Share> {
  const share = await shareById(ctx.db, corpId, id)
  if (!share || share.memberUserId !== userId || share.parentId !== null) fail('share_unknown')
  await transact(ctx.db, async (tx) => {
    // Erasure takes the identity first, then the share.
    const identityId = share.targetIdentityId
    const isKnown = identityId !== null && (await holdIdentity(tx, identityId))
    const changed = await updateShareState(tx, { id, state, reason })
    if (!changed || state !== 'sent' || !isKnown) return
    // An id of its own: a visitor knows the share's id, and could report a moment under it first.
    await record(ctx, tx, {
      id: ctx.random.id(),
      corpId,
      identityId,
      kind: 'material.push',
      occurredAt: share.createdAt,
      shareId: id,
    })
  })
  return presentShare((await shareById(ctx.db, corpId, id)) ?? share)
}

/**
 * Makes a child share, when a reader hands a material on. Repeating it changes nothing. Every
 * forward makes a new share, so chains have no circles. An issued id proves who forwards, so nobody
 * else can be the first to claim it. An id of an older client proves nothing: its card opens, and
 * it has no forwarder. Neither has the forward of somebody who does not want to be tracked.
 * @throws Problem `share_unknown`, `idempotency_conflict`
 */
export async function forward(
  ctx: Context,
  { corpId, identityId }: VisitorSubject,
  parentId: string,
  id: string,
): Promise<Share> {
  const parent = await shareById(ctx.db, corpId, parentId)
  if (!parent) fail('share_unknown')
  const isProved = isIssued(ctx, 'forward', { corpId, identityId, shareId: parentId }, id)
  if (looksIssued(id) && !isProved)
    fail('idempotency_conflict', 'id: was not issued to you with this share; open the share anew')
  const row: ShareRow = {
    ...parent,
    id,
    entry: 'forward',
    targetIdentityId: null,
    targetChatId: null,
    parentId,
    forwards: parent.forwards + 1,
    forwarderIdentityId: null,
    state: 'sent',
    reason: null,
    createdAt: ctx.clock.now(),
  }
  const made = await transact(ctx.db, async (tx) => {
    await holdVisitor(ctx, tx, identityId)
    const isNamed = isProved && !(await isTrackingOff(tx, identityId))
    return insertShare(tx, { ...row, forwarderIdentityId: isNamed ? identityId : null })
  })
  if (made) return presentShare(row)
  const known = await shareById(ctx.db, corpId, id)
  // A row from before ids were issued names its forwarder.
  const isOthers =
    !isProved && known?.forwarderIdentityId != null && known.forwarderIdentityId !== identityId
  if (known?.parentId !== parentId || isOthers)
    fail('idempotency_conflict', 'This id is taken: make a new one')
  return presentShare(known)
}

export function presentShare({ id, materialId, parentId, state, createdAt }: ShareRow): Share {
  return { id, materialId, parentId, state, createdAt: createdAt.toISOString() }
}
