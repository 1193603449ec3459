import { invalidParameter, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, type World } from '../../state/world.ts'
import { authorize, ok, requirePermission } from '../access.ts'
import { relationOf } from './people.ts'

export const remarkMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/remark', handle: setRemark },
]

const fields = ['remark', 'description', 'remark_company', 'remark_mobiles', 'remark_pic_mediaid']

/** WW-96317: what is not given stays. */
function setRemark(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:base:base')
  const { customer, follow } = relationOf(
    world,
    caller,
    textField(call, 'userid'),
    textField(call, 'external_userid'),
  )
  const given = fields.filter((name) => call.body?.[name] !== undefined && call.body[name] !== null)
  if (given.length === 0) throw new Refusal(40063, 'some parameters are empty')
  const remark = textField(call, 'remark', { most: 20 })
  const description = textField(call, 'description', { most: 150 })
  const company = textField(call, 'remark_company', { most: 20 })
  // The corp of somebody in WeCom is known; it cannot be noted.
  if (given.includes('remark_company') && customer.isWecomUser)
    throw new Refusal(...invalidParameter)
  const phones = phonesOf(call)
  if (given.includes('remark')) follow.remark = remark
  if (given.includes('description')) follow.description = description
  if (given.includes('remark_company')) follow.company = company
  if (given.includes('remark_mobiles')) follow.phones = phones
  changed(world, { customers: [customer.id] })
  return { ...ok }
}

/** A single empty text clears the numbers. */
function phonesOf(call: Upstream): string[] {
  const value = call.body?.remark_mobiles
  if (!Array.isArray(value)) {
    if (value !== undefined && value !== null && value !== '') call.hasWrongJson = true
    return []
  }
  const texts = value.filter((one): one is string => typeof one === 'string')
  if (texts.length < value.length) call.hasWrongJson = true
  return texts.filter((one) => one !== '')
}
