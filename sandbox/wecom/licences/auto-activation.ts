import { push } from '../../pushes/push.ts'
import type { SceneMember, LicenceKind } from '../../scenes/scene.ts'
import { providerIdsOf } from '../../state/ids.ts'
import { now, seconds, type World } from '../../state/world.ts'
import { isVisible } from '../access.ts'
import type { App } from '../apps/state.ts'
import { activate, boundOf, freeLicences } from './activation.ts'
import { isOnTrial } from './licensed.ts'
import type { Licence } from './state.ts'
import { numberOf, secondsOf } from './wire.ts'

const sevenDays = 7 * 86_400_000

/** WW-95994. */
const scenes = { opened: 1, messaged: 2, called: 3 }

/**
 * 自动激活: where the corp wants it, a free code goes to a member who has none or whose own has run
 * out or has no more than seven days left. Nothing is spent while the trial runs; the pages do not
 * say.
 */
export function activateByItself(
  world: World,
  app: App,
  member: SceneMember,
  why: keyof typeof scenes,
  kind?: LicenceKind,
) {
  if (
    !world.licences.autoActivates ||
    app.mode === 'own' ||
    isOnTrial(world, app) ||
    !isVisible(app, member)
  )
    return
  const kinds: LicenceKind[] = kind
    ? [kind]
    : app.permissions.includes('externalcontact:base:base')
      ? ['contact', 'base']
      : ['base', 'contact']
  const wanted = kinds.find((one) => freeLicences(world, one).length > 0)
  const licence = wanted && freeLicences(world, wanted)[0]
  if (!wanted || !licence) return
  const held = (['contact', 'base'] as const).flatMap((one) => boundOf(world, member.id, one) ?? [])
  if (
    held.some(
      (one) =>
        (one.expiresAt ?? 0) - now(world) > sevenDays && (kind === undefined || one.kind === kind),
    )
  )
    return
  const old = boundOf(world, member.id, wanted)
  const previous = old ?? held[0]
  const status = previousStatus(world, previous)
  activate(world, licence, member.id)
  tellActivated(world, why, licence, member.id, status, previous)
}

function previousStatus(world: World, previous: Licence | undefined): number {
  if (!previous) return 1
  return (previous.expiresAt ?? 0) > now(world) ? 2 : 3
}

function tellActivated(
  world: World,
  why: keyof typeof scenes,
  licence: Licence,
  memberId: string,
  status: number,
  previous: Licence | undefined,
) {
  const ids = providerIdsOf(world)
  push(world, 'provider', {
    ServiceCorpId: world.apps.provider.corpId,
    InfoType: 'auto_activate',
    AuthCorpId: ids.corp(world.scene.corp.id),
    Scene: scenes[why],
    TimeStamp: seconds(world),
    AccountList: {
      ActiveCode: licence.code,
      Type: numberOf[licence.kind],
      ExpireTime: secondsOf(licence.expiresAt ?? 0),
      UserId: ids.member(memberId),
      PreviousStatus: status,
      ...(previous && { PreviousActiveCode: previous.code }),
    },
  })
}
