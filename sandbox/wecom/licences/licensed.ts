import { now, type World } from '../../state/world.ts'
import type { App } from '../apps/state.ts'
import type { Licence } from './state.ts'
import type { LicenceKind } from '../../scenes/scene.ts'

const trialDays = 90
const day = 86_400_000

/**
 * Does WeCom let the app do something for the member (WW-95652)? An own app needs nothing; the two
 * others a running trial, or an account of the member. Calls of 客户联系 need `contact`, whose lack
 * is 701008; everything else `base`.
 */
export function isLicensed(
  world: World,
  app: App,
  memberId: string,
  need: LicenceKind = 'base',
): boolean {
  if (app.mode === 'own' || isOnTrial(world, app)) return true
  const kind = licenceOf(world, memberId)?.kind
  return kind === 'contact' || (kind !== undefined && kind === need)
}

/**
 * The member's account that still serves; 互通 before 基础. One serves for all apps of the
 * provider.
 */
export function licenceOf(world: World, memberId: string): Licence | undefined {
  const serving = world.licences.licences.filter(
    (one) => one.memberId === memberId && isServing(world, one),
  )
  return serving.find(({ kind }) => kind === 'contact') ?? serving[0]
}

function isServing(world: World, { expiresAt, mergedInto }: Licence): boolean {
  return expiresAt !== null && expiresAt > now(world) && mergedInto === null
}

export function isOnTrial(world: World, app: App): boolean {
  const trial = trialOf(world, app.suiteId)
  return trial !== null && now(world) < trial.end
}

/** In milliseconds; `null` when the template or suite was never installed. */
export function trialOf(
  world: World,
  suiteId: string | null,
): { start: number; end: number } | null {
  const start = suiteId === null ? undefined : world.licences.trials[suiteId]
  return start === undefined ? null : { start, end: start + trialDays * day }
}
