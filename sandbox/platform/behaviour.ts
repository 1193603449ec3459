import * as v from 'valibot'
import { now } from '../state/world.ts'
import type { Area } from './area.ts'
import { baseMeters } from './limits.ts'
import { happening } from './method.ts'
import { createPlatform } from './state.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const mostCalls = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1)))

/** What goes for every method of both platforms: how often one may call, and when they are busy. */
export const behaviour: Area = {
  service: 'wecom',
  title: '频率与繁忙',
  methods: [],
  happenings: [
    happening(
      'platform.busy',
      'The platforms are busy: the next `times` calls, or each one with the chance `rate`, are answered with -1. Empty: they recover.',
      v.strictObject({
        times: v.optional(count, 0),
        rate: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0),
      }),
      (world, busy) => {
        world.platform.busy = busy
        return busy
      },
    ),
    happening(
      'platform.limits',
      'Sets the base frequency of each method, calls per minute and hour, for tests; `null` is no limit. Empty: the published ones again, and every penalty is over.',
      v.strictObject({
        service: v.optional(v.picklist(['wecom', 'wechat']), 'wecom'),
        perMinute: v.optional(mostCalls),
        perHour: v.optional(mostCalls),
      }),
      (world, { service, perMinute, perHour }) => {
        const published = createPlatform().limits[service]
        const limits = {
          perMinute: perMinute === undefined ? published.perMinute : perMinute,
          perHour: perHour === undefined ? published.perHour : perHour,
        }
        world.platform.limits[service] = limits
        world.platform.windows.clear()
        return limits
      },
    ),
  ],
  ledger: [],
  meters: baseMeters,
  tables: (world) => [
    {
      title: '被拦截的接口',
      columns: ['counter', 'seconds left'],
      rows: [...world.platform.windows]
        .filter(([, { blockedUntil }]) => blockedUntil > now(world))
        .map(([counter, { blockedUntil }]) => [
          counter,
          Math.ceil((blockedUntil - now(world)) / 1000),
        ]),
    },
  ],
}
