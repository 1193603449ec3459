import type { ShownCode } from '../api.ts'
import type { World } from '../state/world.ts'
import { accounts } from '../wechat/accounts/area.ts'
import { miniprogram } from '../wechat/miniprogram/area.ts'
import { official } from '../wechat/official/area.ts'
import { open } from '../wechat/open/area.ts'
import { apps } from '../wecom/apps/area.ts'
import { contacts } from '../wecom/contacts/area.ts'
import { licences } from '../wecom/licences/area.ts'
import { messages } from '../wecom/messages/area.ts'
import type { Area } from './area.ts'
import { behaviour } from './behaviour.ts'

export const areas: Area[] = [
  behaviour,
  apps,
  contacts,
  licences,
  messages,
  accounts,
  miniprogram,
  official,
  open,
]

/** Lets time pass in every area. */
export function tick(world: World) {
  for (const area of areas) area.tick?.(world)
}

/** Every code that stands on some screen of the world. */
export function shownCodes(world: World): ShownCode[] {
  return areas.flatMap((area) => area.shownCodes?.(world) ?? [])
}
