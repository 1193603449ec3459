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
import { isTrackingOff, setTrackingOff, siblingsOf } from '../identity/index.ts'
import { noticeOf } from './notice.ts'
import { insertConsent, latestConsent } from './store.ts'
import { holdVisitor } from '../base/http/session/visitors.ts'

/**
 * Returns the choice of the whole person: two devices, or the mini program and the web site, have
 * one answer.
 */
export async function choiceOf(
  ctx: Context,
  { corpId, identityId }: VisitorSubject,
): Promise<PrivacyChoice> {
  const identities = await siblingsOf(ctx.db, identityId)
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
 * Records the visitor's choice, with the shown text and the network. It counts for all identities
 * of the person.
 */
export async function choose(
  ctx: Context,
  { corpId, identityId }: VisitorSubject,
  { agreed, textVersion, locale }: HandlerInput<typeof chooseTracking>['body'],
  address: string,
): Promise<void> {
  const at = ctx.clock.now()
  await transact(ctx.db, async (tx) => {
    await holdVisitor(ctx, tx, identityId)
    const [own] = await siblingsOf(tx, identityId)
    if (!own) throw new Error(`identity ${identityId} is held and has no person`)
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
    if (agreed || !(await isTrackingOff(tx, own.personId)))
      await setTrackingOff(tx, own.personId, agreed ? null : at)
  })
}
