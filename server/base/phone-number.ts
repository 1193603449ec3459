/** Mainland China's country code, and the form of its mobile numbers without it. */
const china = '86'
const chineseMobile = /^1[3-9]\d{9}$/

/**
 * Returns E.164 without the plus, from the number without its country code and the code, as WeChat
 * gives them.
 */
export function internationalNumber(pure: string, countryCode: string): string {
  return `${countryCode}${pure}`.replace(/\D/g, '')
}

/** Returns the number as people write it: mainland numbers bare, others with a plus. */
export function nationalNumber(value: string): string {
  const bare = value.startsWith(china) ? value.slice(china.length) : ''
  return chineseMobile.test(bare) ? bare : `+${value}`
}

/**
 * Reads a typed number as E.164 without the plus. Returns undefined when the number is ambiguous (a
 * landline without its country, an extension).
 */
export function readNoted(typed: string): string | undefined {
  const text = typed.trim()
  const digits = text.replace(/\D/g, '')
  const isInternational = text.startsWith('+') || text.startsWith('00')
  if (!isInternational && chineseMobile.test(digits)) return `${china}${digits}`
  const international = digits.replace(/^00/, '')
  if (international.startsWith(china) && chineseMobile.test(international.slice(china.length)))
    return international
  return isInternational && international.length >= 8 && international.length <= 15
    ? international
    : undefined
}
