import type Router from '@koa/router'
import * as v from 'valibot'
import type { ScanOutcome } from '../api.ts'
import type { Scanner } from '../platform/area.ts'
import { areas } from '../platform/areas.ts'
import { encryptData } from '../wechat/miniprogram/encrypted.ts'
import { findCustomer, findMember, type World } from '../state/world.ts'
import { Nonsense } from './nonsense.ts'
import { readBody } from './read.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const Scan = v.strictObject({
  device: v.picklist(['wecom', 'wechat']),
  userId: id,
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  isLooking: v.optional(v.boolean(), false),
})
const AskEncryptedData = v.strictObject({
  customerId: id,
  data: v.optional(v.record(v.string(), v.unknown())),
})

/** Doors for a phone's own abilities: its camera, and what WeChat's client encrypts for a page. */
export function scanDoors(router: Router, world: World) {
  router.post('/_sandbox/scans', async (ctx) => {
    const { device, userId, text, isLooking } = await readBody(ctx, Scan)
    const user = device === 'wecom' ? findMember(world, userId) : findCustomer(world, userId)
    if (!user) throw new Nonsense(`${device} has no user "${userId}"`)
    ctx.body = scan(world, { device, userId, isLooking }, text)
  })

  router.post('/_sandbox/encrypted-data', async (ctx) => {
    const { customerId, data } = await readBody(ctx, AskEncryptedData)
    const customer = findCustomer(world, customerId)
    if (!customer) throw new Nonsense(`there is no customer "${customerId}"`)
    ctx.body = encryptData(world, customer, data)
  })
}

/**
 * The first area that knows the code says where it leads; what nobody knows is an address or just a
 * text.
 */
function scan(world: World, by: Scanner, text: string): ScanOutcome {
  for (const area of areas) {
    const outcome = area.scan?.(world, by, text)
    if (outcome) return outcome
  }
  return /^https?:\/\/\S+$/.test(text) ? { kind: 'url', url: text } : { kind: 'text', text }
}
