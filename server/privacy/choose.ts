import type { HandlerInput } from '../../shared/contract/endpoint.ts'
import {
  type chooseTracking,
  type PrivacyChoice,
  privacyTextVersion,
} from '../../shared/contract/privacy.ts'
import type { Context } from '../base/context.ts'
import { transact } from '../base/db/database.ts'
import { networkOf } from '../base/http/network.ts'
import type { VisitorSubject } from '../base/http/session/sessions.ts'
import { holdOwn, ownIdentities, setTrackingOff } from '../identity/index.ts'
import { noticeOf } from './notice.ts'
import { insertConsent, latestConsent } from './store.ts'
import { holdVisitor } from '../base/http/session/visitors.ts'

/**
 * Returns the choice for everything that is the visitor's own: two devices, or the mini program and
 * the web site, have one answer. Whom a member joined with the visitor answers alone.
 */
export async function choiceOf(
  ctx: Context,
  { corpId, identityId }: VisitorSubject,
): Promise<PrivacyChoice> {
  const identities = await ownIdentities(ctx.db, identityId)
  const latest = await latestConsent(
    ctx.db,
    identities.map(({ id }) => id),
  )
  return {
    textVersion: privacyTextVersion,
    tracking: identities.every(({ trackingOffAt }) => trackingOffAt === null),
    decidedAt: latest?.at.toISOString() ?? null,
    agreedTo: latest?.agreed ? latest.textVersion : null,
    notice: noticeOf(ctx, corpId),
  }
}

/**
 * Records the visitor's choice, with the shown text and the network. It counts for all of the
 * visitor's own identities.
 */
export async function choose(
  ctx: Context,
  { corpId, identityId }: VisitorSubject,
  { agreed, textVersion, locale }: HandlerInput<typeof chooseTracking>['body'],
  address: string,
): Promise<void> {
  const at = ctx.clock.now()
  await transact(ctx.db, async (tx) => {
    await holdOwn(tx, identityId)
    await holdVisitor(ctx, tx, identityId)
    const own = await ownIdentities(tx, identityId)
    await insertConsent(tx, {
      id: ctx.random.id(),
      corpId,
      identityId,
      agreed,
      textVersion,
      locale,
      network: networkOf(address),
      at,
    })
    // The first "no" keeps its time.
    if (agreed || own.every(({ trackingOffAt }) => trackingOffAt === null))
      await setTrackingOff(
        tx,
        own.map(({ id }) => id),
        agreed ? null : at,
      )
  })
}
