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
