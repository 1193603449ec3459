/**
 * Returns the serial number in a scanned label: the bare number, or the `sn` of an address, as
 * makers print it. Null when the code has neither.
 */
export function serialNumberOf(code: string): string | null {
  const inAddress = /[?&#/]sn[=/]([^&#/?]+)/i.exec(code)?.[1]
  if (inAddress !== undefined) return tidy(decode(inAddress))
  return /^https?:/i.test(code) ? null : tidy(code.replace(/^\s*s\/?n\s*[:\uff1a]\s*/i, ''))
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function tidy(text: string): string | null {
  const sn = text.trim()
  return sn.length > 0 && sn.length <= 64 ? sn : null
}
