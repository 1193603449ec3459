import { Refusal } from '../../platform/method.ts'
import type { Meter } from '../../platform/area.ts'
import { recentCalls, within } from '../../state/grants.ts'
import type { World } from '../../state/world.ts'

const hour = 3_600_000
/** WW-97108, WW-95878: calls an hour. Those of a day and a month are not counted. */
const mostConversions = 100_000
const mostSuiteConversions = 50_000
const suiteCounter = 'wecom.convert:suite'
const tooOften: [number, string] = [45009, 'api freq out of limit']

/** Of the corp, shared by all providers, or of the provider. */
export function conversionCounter(
  subject: 'corp' | 'provider',
  corpId: string,
  provider: string,
): string {
  return subject === 'corp' ? `wecom.convert:corp:${corpId}` : `wecom.convert:provider:${provider}`
}

export function countConversion(world: World, counter: string) {
  if (!within(world, counter, mostConversions, hour)) throw new Refusal(...tooOften)
}

export function countSuiteConversion(world: World) {
  if (!within(world, suiteCounter, mostSuiteConversions, hour)) throw new Refusal(...tooOften)
}

export function conversionMeters(world: World): Meter[] {
  const { corpId: provider } = world.apps.provider
  const meter = (title: string, counter: string, most: number): Meter => ({
    title,
    used: recentCalls(world, counter, hour).length,
    most,
    window: hour / 1000,
  })
  return [
    meter(
      'idconvert/unionid_to_external_userid（企业）',
      conversionCounter('corp', world.scene.corp.id, provider),
      mostConversions,
    ),
    meter(
      'idconvert/unionid_to_external_userid（服务商）',
      conversionCounter('provider', world.scene.corp.id, provider),
      mostConversions,
    ),
    meter('unionid_to_external_userid_3rd', suiteCounter, mostSuiteConversions),
  ]
}
