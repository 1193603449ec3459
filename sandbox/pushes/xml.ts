import type { Xml, XmlValue } from './receiver.ts'

/** `<xml>…</xml>` in one line, as the platforms send it. */
export function writeXml(body: Xml): string {
  return `<xml>${writeElements(body)}</xml>`
}

/**
 * The same in the JSON form that an admin can choose: numbers stay numbers, repeated elements
 * become a list.
 */
export function writeJson(body: Xml): string {
  return JSON.stringify(plainOf(body))
}

export function cdata(value: string): string {
  // The end mark inside a text splits it over two sections.
  return `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
}

/** A text's or number's own value, whatever its form; '' for a nested one. */
export function textOf(value: Xml[string]): string {
  if (value === undefined || Array.isArray(value)) return ''
  const plain = plainOf(value)
  return typeof plain === 'object' ? '' : String(plain)
}

function writeElements(body: Xml): string {
  return Object.entries(body)
    .flatMap(([name, value]) => listOf(value).map((one) => `<${name}>${writeValue(one)}</${name}>`))
    .join('')
}

function writeValue(value: XmlValue): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return cdata(value)
  if (isBare(value)) return value.bare.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`)
  if (isNumberInCdata(value)) return cdata(String(value.cdata))
  return writeElements(value)
}

type Plain = string | number | Plain[] | { [name: string]: Plain }

function plainOf(value: XmlValue): Plain {
  if (typeof value !== 'object') return value
  if (isBare(value)) return value.bare
  if (isNumberInCdata(value)) return value.cdata
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => [
        name,
        Array.isArray(one) ? one.map(plainOf) : plainOf(one as XmlValue),
      ]),
  )
}

function listOf(value: Xml[string]): XmlValue[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function isBare(value: object): value is { bare: string } {
  return 'bare' in value && typeof value.bare === 'string' && Object.keys(value).length === 1
}

function isNumberInCdata(value: object): value is { cdata: number } {
  return 'cdata' in value && typeof value.cdata === 'number' && Object.keys(value).length === 1
}
