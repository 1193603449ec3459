import type { Machine } from '../machine.ts'
import type { Screen } from '../screen.ts'
import type { Tabs } from '../tabs.ts'
import { interactionFunctions } from './interaction.ts'
import type { WxFunction } from './api.ts'
import { locationFunctions } from './location.ts'
import { mediaFunctions } from './media.ts'
import { type AppListeners, miscFunctions } from './misc.ts'
import { networkFunctions } from './network.ts'
import { pageFunctions } from './pages.ts'
import { makePrivacy, type Privacy } from './privacy.ts'
import { settingFunctions } from './settings.ts'
import { storageFunctions } from './storage.ts'
import { subscribeFunctions } from './subscribe.ts'
import { systemFunctions } from './system.ts'

/** The global `wx` of a phone: what is not in it, the sandbox does not play. */
export function makeWx(
  machine: Machine,
  screen: Screen,
  tabs: Tabs,
  listeners: AppListeners,
): { wx: Record<string, WxFunction>; privacy: Privacy } {
  const privacy = makePrivacy(machine)
  const interaction = interactionFunctions()
  const wx = {
    ...systemFunctions(machine),
    ...storageFunctions(machine),
    ...networkFunctions(machine),
    ...pageFunctions(machine, screen),
    ...tabs.functions,
    ...interaction,
    ...privacy.functions,
    ...settingFunctions(machine),
    ...locationFunctions(machine, privacy),
    ...mediaFunctions(machine, privacy),
    ...subscribeFunctions(machine),
    ...miscFunctions(machine, privacy, interaction, listeners),
  }
  // There is what there is: a name asked for by canIUse is a function of ours, or a part of one.
  const canIUse = (name: string) => (name.split('.')[0] ?? '') in wx
  return { wx: { ...wx, canIUse } as object as Record<string, WxFunction>, privacy }
}
