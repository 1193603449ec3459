import type { Upstream } from './method.ts'

export interface FilePart {
  /** The form field's name. */
  field: string
  /** As the receiver will see it. */
  filename: string
  type: string
  bytes: Buffer
}

/**
 * The first file of a `multipart/form-data` body (RFC 7578), or null. The platforms take one file
 * and no other field matters, so this reads no further. A part without a file name is no file: both
 * platforms demand it.
 */
export function readFile(
  { raw, contentType }: Pick<Upstream, 'raw' | 'contentType'>,
  field?: string,
): FilePart | null {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (mark === undefined) return null
  for (const part of parts(raw, Buffer.from(`--${mark}`))) {
    const file = readPart(part)
    if (file && (field === undefined || file.field === field)) return file
  }
  return null
}

function* parts(raw: Buffer, mark: Buffer): Generator<Buffer> {
  let start = raw.indexOf(mark)
  while (start !== -1) {
    const from = start + mark.length
    const end = raw.indexOf(mark, from)
    if (end === -1) return
    // Each part stands between the line break after its boundary and the one before the next.
    yield raw.subarray(from + 2, end - 2)
    start = end
  }
}

function readPart(part: Buffer): FilePart | null {
  const gap = part.indexOf('\r\n\r\n')
  if (gap === -1) return null
  const head = part.subarray(0, gap).toString('utf8')
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ''
  const encoded = /filename\*=utf-8''([^;\s]+)/i.exec(disposition)?.[1]
  const plain = parameter(disposition, 'filename')
  const filename = encoded === undefined ? plain : decoded(encoded)
  if (filename === undefined || filename === '') return null
  const type = /^content-type:\s*([^\s;]+)/im.exec(head)?.[1] ?? 'application/octet-stream'
  return {
    field: parameter(disposition, 'name') ?? '',
    filename: filename.split(/[/\\]/).at(-1) ?? filename,
    type,
    bytes: Buffer.from(part.subarray(gap + 4)),
  }
}

function parameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(`[;\\s]${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(
    disposition,
  )
  return (found?.[1] ?? found?.[2])?.replace(/\\(.)/g, '$1').replace(/%22/g, '"')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
