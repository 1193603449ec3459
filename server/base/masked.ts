import { nationalNumber } from './phone-number.ts'

/**
 * Returns an identity as it is shown: enough to tell two identities apart, too little to use one.
 */
export function maskedLabel(kind: string, value: string): string {
  if (kind === 'phone') return maskedPhone(nationalNumber(value))
  return value.length > 9 ? `${value.slice(0, 4)}…${value.slice(-3)}` : `${value.slice(0, 2)}…`
}

function maskedPhone(number: string): string {
  return number.length > 7 ? `${number.slice(0, 3)}****${number.slice(-4)}` : '****'
}
