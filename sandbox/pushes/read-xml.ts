import type { ReadXml } from './receiver.ts'

/**
 * Reads a passive reply: elements, texts and CDATA, nothing else. A declaration, comment, attribute
 * or DTD has no place in one, so it is refused with a sentence; that is also what keeps entities
 * out. White space around texts is dropped, because the official samples have it.
 */
export function readXml(source: string): ReadXml {
  const reader = { source: source.trim(), at: 0 }
  const name = readOpening(reader)
  if (name !== 'xml') throw new Error(`the outermost element is <${name}>, not <xml>`)
  const value = readContent(reader, name, 0)
  if (reader.at < reader.source.length) throw new Error('there is something after </xml>')
  return typeof value === 'string' ? {} : value
}

/** The elements of one name, whether there was one or several. */
export function elementsOf(parent: ReadXml, name: string): (string | ReadXml)[] {
  const value = parent[name]
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

interface Reader {
  source: string
  at: number
}

const mostDepth = 20

function readContent(reader: Reader, name: string, depth: number): string | ReadXml {
  if (depth > mostDepth) throw new Error('it is nested too deeply')
  // Without a prototype: an element may be called __proto__.
  const children = Object.create(null) as ReadXml
  let text = ''
  while (!reader.source.startsWith('</', reader.at)) {
    if (reader.source.startsWith('<![CDATA[', reader.at)) text += readCdata(reader)
    else if (reader.source[reader.at] === '<') add(children, ...readElement(reader, depth))
    else text += readText(reader, name)
  }
  const closing = `</${name}>`
  const end = reader.source.indexOf('>', reader.at)
  const found = reader.source.slice(reader.at, end + 1).replace(/\s/g, '')
  if (found !== closing) throw new Error(`<${name}> is not closed`)
  reader.at = end + 1
  return Object.keys(children).length > 0 ? children : text.trim()
}

function readElement(reader: Reader, depth: number): [string, string | ReadXml] {
  const name = readOpening(reader)
  return [name, readContent(reader, name, depth + 1)]
}

function readOpening(reader: Reader): string {
  const tag = /^<([A-Za-z_][\w.-]*)\s*>/.exec(reader.source.slice(reader.at, reader.at + 100))
  if (!tag?.[1])
    throw new Error(`"${reader.source.slice(reader.at, reader.at + 20)}" is no plain element`)
  reader.at += tag[0].length
  return tag[1]
}

function readCdata(reader: Reader): string {
  const start = reader.at + '<![CDATA['.length
  const end = reader.source.indexOf(']]>', start)
  if (end < 0) throw new Error('a CDATA section is not closed')
  reader.at = end + 3
  return reader.source.slice(start, end)
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function readText(reader: Reader, name: string): string {
  const end = reader.source.indexOf('<', reader.at)
  if (end < 0) throw new Error(`<${name}> is not closed`)
  const raw = reader.source.slice(reader.at, end)
  reader.at = end
  return raw.replace(/&(#\d+|#x[\da-fA-F]+|\w+);?/g, (whole, entity: string) => {
    if (entity.startsWith('#x')) return String.fromCodePoint(Number.parseInt(entity.slice(2), 16))
    if (entity.startsWith('#')) return String.fromCodePoint(Number(entity.slice(1)))
    const letter = Object.hasOwn(entities, entity) ? entities[entity] : undefined
    if (letter === undefined) throw new Error(`${whole} is no entity of plain XML`)
    return letter
  })
}

function add(children: ReadXml, name: string, value: string | ReadXml) {
  const before = Object.hasOwn(children, name) ? children[name] : undefined
  if (before === undefined) children[name] = value
  else if (Array.isArray(before)) before.push(value)
  else children[name] = [before, value]
}
