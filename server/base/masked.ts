import { nationalNumber } from './phone-number.ts'

/** How an identity is shown: enough to tell two apart, not enough to use. */
export function maskedLabel(kind: string, value: string): string {
  if (kind === 'phone') return maskedPhone(nationalNumber(value))
  return value.length > 9 ? `${value.slice(0, 4)}…${value.slice(-3)}` : `${value.slice(0, 2)}…`
}

function maskedPhone(number: string): string {
  return number.length > 7 ? `${number.slice(0, 3)}****${number.slice(-4)}` : '****'
}
