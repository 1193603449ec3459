import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { findCustomer, type World } from '../../state/world.ts'
import { findAccount } from './accounts.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

export const accountHappenings: Happening[] = [
  happening(
    'account.limit',
    'The platform gives an account another limit for a method; without daily and perMinute the published ones hold again.',
    v.strictObject({
      appid: id,
      path: v.pipe(v.string(), v.startsWith('/')),
      daily: v.optional(count),
      perMinute: v.optional(count),
    }),
    (world, { appid, path, ...limit }) => {
      mustExist(world, appid)
      world.accounts.limits.set(`${appid} ${path}`, limit)
    },
  ),
  happening(
    'account.allowIps',
    'An admin fills the IP allow-list of an account; null = every address may ask for a token.',
    v.strictObject({ appid: id, ips: v.nullable(v.array(v.pipe(v.string(), v.ip()))) }),
    (world, { appid, ips }) => {
      mustExist(world, appid)
      if (ips) world.accounts.allowedIps.set(appid, ips)
      else world.accounts.allowedIps.delete(appid)
    },
  ),
  happening(
    'account.verification',
    'The yearly verification (微信认证) of an official account runs out or is renewed.',
    v.strictObject({ appid: id, isVerified: v.boolean() }),
    (world, { appid, isVerified }) => {
      const account = world.official.accounts.find((one) => one.appid === appid)
      if (!account) throw new Nonsense(`there is no official account "${appid}"`)
      account.isVerified = isVerified
    },
  ),
  happening(
    'account.snapshotPage',
    'Pages open to a customer as snapshots: their web sign-in gives a made-up identity.',
    v.strictObject({ customerId: id, isSnapshot: v.boolean() }),
    (world, { customerId, isSnapshot }) => {
      if (!findCustomer(world, customerId))
        throw new Nonsense(`there is no customer "${customerId}"`)
      if (isSnapshot) world.accounts.snapshotUsers.add(customerId)
      else world.accounts.snapshotUsers.delete(customerId)
    },
  ),
]

function mustExist(world: World, appid: string) {
  if (!findAccount(world, appid)) throw new Nonsense(`there is no account "${appid}"`)
}
