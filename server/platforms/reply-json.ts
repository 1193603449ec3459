/** What was wrong with the text of a reply. */
export type OddText = 'byte_order_mark' | 'control_characters' | 'not_a_number'

/**
 * Returns the value of a platform's reply, and what had to be mended to read it. Returns undefined
 * when it is no JSON at all.
 *
 * Tencent sends names as people typed them, control characters included, and does not always
 * escape them: RFC 8259 §7 demands it, and `JSON.parse` refuses the whole reply without it.
 */
export function readReplyJson(text: string): { value: unknown; odd: OddText[] } | undefined {
  const odd: OddText[] = []
  let json = text
  if (json.startsWith('\ufeff')) {
    odd.push('byte_order_mark')
    json = json.slice(1)
  }
  let value = parse(json)
  if (value === undefined) {
    const mended = mend(json)
    odd.push(...mended.odd)
    value = parse(mended.json)
  }
  return value === undefined ? undefined : { value, odd }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json, (_, value: unknown) =>
      typeof value === 'string' ? storable(value) : value,
    )
  } catch {
    return undefined
  }
}

/** The texts of a JSON document, and what stands between them. */
const parts = /"(?:[^"\\]|\\[\s\S])*"|[^"]+/g
const control = /[\u0000-\u001f]/g
/** A backslash that begins no escape of JSON. */
const wrongEscape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})|\\/g

/** Escapes raw control characters and lone backslashes in texts; `NaN` and `Infinity` are null. */
function mend(json: string): { json: string; odd: OddText[] } {
  const odd = new Set<OddText>()
  const mended = json.replace(parts, (part) => {
    if (!part.startsWith('"'))
      return part.replace(/-?\b(?:NaN|Infinity)\b/g, () => {
        odd.add('not_a_number')
        return 'null'
      })
    return part
      .replace(control, (found) => {
        odd.add('control_characters')
        return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
      })
      .replace(wrongEscape, (found) => {
        if (found !== '\\') return found
        odd.add('control_characters')
        return '\\\\'
      })
  })
  return { json: mended, odd: [...odd] }
}

/**
 * Repairs a text for PostgreSQL and for people. Platforms cut names by 16-bit characters, also
 * within an emoji. PostgreSQL refuses half an emoji and U+0000. Nobody can see the other control
 * characters; a tab and the ends of lines stay.
 */
function storable(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '')
}
