import { numberField } from '../../platform/fields.ts'
import type { Method, Reply, Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import { officialOf } from '../accounts/tokens.ts'

/** 10,000 messages a minute, by speed (Batch_Sends). */
const real = [80, 60, 45, 30, 10]

export const massSpeedMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/message/mass/speed/get', handle: getSpeed },
  { method: 'POST', path: '/cgi-bin/message/mass/speed/set', handle: setSpeed },
]

function getSpeed(world: World, call: Upstream): Reply {
  const { massSpeed } = officialOf(world, call, 'verified')
  return { speed: massSpeed, realspeed: real[massSpeed] ?? 0 }
}

/** It is kept and told; here every job takes a second. */
function setSpeed(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  account.massSpeed = numberField(call, 'speed', 0, {
    missing: [45084, 'speed not set'],
    least: 0,
    most: real.length - 1,
    wrong: [45083, 'speed should be 0 - 4'],
  })
  return { errcode: 0, errmsg: 'ok' }
}
