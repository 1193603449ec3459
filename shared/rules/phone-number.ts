import { plainDashes, visible } from './folded.ts'

export interface PhoneNumber {
  /** For people: what was typed, in plain characters. */
  shown: string
  /** For a dialler: digits, with a plus when it was typed, and the extension after a comma. */
  dialled: string
  /**
   * For comparing: E.164 without the plus. Undefined when the number is ambiguous: a landline
   * without its country, or an extension, behind which anybody may sit.
   */
  international: string | undefined
}

const china = '86'
const chineseMobile = /^1[3-9]\d{9}$/
const fewestDigits = 6
/** E.164 has fifteen, and «00» may stand before them. */
const mostDigits = 17

/** What people write before a number. */
const label =
  /^(?:tel(?:ephone)?|phone|mobile|mob|cell|(?:联系|办公|公司|固定)?电话|手机号?码?|座机)\s*[.:]?\s*(?=[+(\d])/i
/** «转 123», «ext. 8», «x12», «#12», «,8». */
const extension =
  /\s*(?:[(-]\s*)?(?:转(?:分机)?|分机号?|ext(?:ension)?\.?|x|#|,|;ext=)\s*[.:]?\s*(\d{1,6})\s*[#)]?$/i
const separators = /[\s()[\]\-.·]/g

/** Reads a phone number as people type and paste it. Null when it is none, or several. */
export function readPhone(typed: string): PhoneNumber | null {
  const shown = visible(plainDashes(typed))
  const bare = shown.replace(label, '')
  const inside = extension.exec(bare)?.[1]
  const number = inside === undefined ? bare : bare.replace(extension, '')
  // «+44 (0)20 …»: the zero is dialled within the country only.
  const abroad = /^[\s([]*(?:\+|00)/.test(number)
  const dialled = (abroad ? number.replace(/\(0\)/g, '') : number).replace(separators, '')
  if (!/^\+?\d+$/.test(dialled)) return null
  const digits = dialled.replace('+', '')
  if (digits.length < fewestDigits || digits.length > mostDigits) return null
  return {
    shown,
    dialled: inside === undefined ? dialled : `${dialled},${inside}`,
    international: inside === undefined ? internationalOf(digits, abroad) : undefined,
  }
}

function internationalOf(digits: string, abroad: boolean): string | undefined {
  if (!abroad && chineseMobile.test(digits)) return china + digits
  const whole = abroad ? digits.replace(/^00/, '') : digits
  if (whole.startsWith(china)) {
    const national = whole.slice(china.length)
    if (chineseMobile.test(national)) return whole
    // «+86 0571 …»: the trunk zero is dialled within the country only.
    if (abroad && /^0?[2-9]\d{8,10}$/.test(national)) return china + national.replace(/^0/, '')
    return undefined
  }
  return abroad && whole.length >= 8 && whole.length <= 15 ? whole : undefined
}

/** Returns what a dialler takes; the text itself when it is no number that we can read. */
export function dialledNumber(typed: string): string {
  return readPhone(typed)?.dialled ?? typed
}

/** Returns each number of a remark that can be compared. A field may hold several. */
export function comparableNumbers(typed: string): string[] {
  const whole = readPhone(typed)
  if (whole) return whole.international === undefined ? [] : [whole.international]
  return visible(typed)
    .split(/[/、,;|或和&\n]/)
    .flatMap((one) => readPhone(one)?.international ?? [])
}
