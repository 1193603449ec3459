import { createHash } from 'node:crypto'
import type { SceneCustomer } from '../../scenes/scene.ts'
import { textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { seconds, type World } from '../../state/world.ts'
import { spend } from '../accounts/spend.ts'
import { miniprogramOf } from '../accounts/tokens.ts'

export const phoneMethods: Method[] = [
  { method: 'POST', path: '/wxa/business/getuserphonenumber', handle: getPhoneNumber },
]

/**
 * The code of `<button open-type="getPhoneNumber">`: another than the login's, five minutes, once.
 */
function getPhoneNumber(world: World, call: Upstream): Reply {
  const { appid } = miniprogramOf(world, call)
  const code = textField(call, 'code', { missing: [40029, 'invalid code'] })
  const openid = textField(call, 'openid')
  const owner = world.codes.get(code)
  if (
    openid !== '' &&
    world.customers.find(({ id }) => id === owner?.userId)?.miniprogramOpenid !== openid
  )
    throw new Refusal(40003, 'invalid openid')
  const { customer } = spend(world, 'phone', appid, code)
  const number = phoneOf(customer)
  return {
    errcode: 0,
    errmsg: 'ok',
    phone_info: {
      phoneNumber: number,
      purePhoneNumber: number,
      countryCode: '86',
      watermark: { timestamp: seconds(world), appid },
    },
  }
}

/** What a member noted, else a number that follows from the customer's id. */
export function phoneOf({ id, follows }: SceneCustomer): string {
  const noted = follows.flatMap(({ phones }) => phones)[0]
  if (noted !== undefined) return noted
  const digits = createHash('sha256')
    .update(id)
    .digest()
    .readUInt32BE()
    .toString()
    .padStart(10, '0')
  return `13${digits.slice(-9)}`
}
