import type { Customer } from '../../api.ts'
import { folded } from '../../state/folded.ts'
import type { Line } from './people.ts'

/**
 * Whether a contact is meant by what the rep typed: part of the remark, the nickname, the company,
 * a phone number or the description.
 */
export function isMeant(customer: Customer, memberId: string, wanted: string): boolean {
  const follow = customer.follows.find((one) => one.memberId === memberId)
  const words = [
    follow?.remark,
    customer.name,
    customer.corpName,
    follow?.description,
    ...(follow?.phones ?? []),
  ]
  return words.some(
    (word) => word !== undefined && word !== null && folded(word).includes(folded(wanted)),
  )
}

/**
 * Whether a line of the conversation list is meant; `customer` is its other side, when that is one.
 */
export function isLineMeant(
  line: Line,
  customer: Customer | null,
  memberId: string,
  wanted: string,
): boolean {
  return (
    folded(line.name).includes(folded(wanted)) ||
    (customer !== null && isMeant(customer, memberId, wanted))
  )
}
