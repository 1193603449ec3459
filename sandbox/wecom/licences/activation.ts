import { Refusal } from '../../platform/method.ts'
import { changed, now, type World } from '../../state/world.ts'
import { midnightBefore, type Licence } from './state.ts'
import type { LicenceKind } from '../../scenes/scene.ts'

const day = 86_400_000
const renewableDays = 20
const mostDays = 5 * 372

/**
 * Gives the code to the member. A new code of the kind he has takes over what is left of the old
 * one, when that is no more than twenty days (WW-97188).
 */
export function activate(world: World, licence: Licence, memberId: string) {
  const at = now(world)
  const old = boundOf(world, memberId, licence.kind)
  const left = old?.expiresAt ? Math.max(0, old.expiresAt - at) : 0
  if (left > renewableDays * day)
    throw new Refusal(701082, 'old active code remaining time more than 20 days')
  if (left + licence.days * day > mostDays * day)
    throw new Refusal(701030, 'total active time exceed 5 years')
  Object.assign(licence, {
    memberId,
    activatedAt: at,
    expiresAt:
      (left > 0 && old?.expiresAt ? old.expiresAt : midnightBefore(at)) + licence.days * day,
  })
  if (old) {
    Object.assign(old, {
      mergedInto: licence.code,
      memberId: null,
      expiresAt: left > 0 ? at : old.expiresAt,
    })
    licence.mergedFrom = old.code
  }
  changed(world)
}

/** The member's code of this kind, run out or not. */
export function boundOf(world: World, memberId: string, kind: LicenceKind): Licence | undefined {
  return world.licences.licences.find(
    (one) => one.memberId === memberId && one.kind === kind && one.mergedInto === null,
  )
}

/** Bought, and nobody's yet; the one that was made first comes first. */
export function freeLicences(world: World, kind: LicenceKind): Licence[] {
  return world.licences.licences.filter(
    (one) => one.kind === kind && one.memberId === null && one.mergedInto === null,
  )
}
