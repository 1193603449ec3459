export interface Page {
  size?: readonly [width: number, height: number]
  content: string
  resources?: string
}

/**
 * Writes a PDF. `objects` are numbered from 3, because 1 and 2 are the catalogue and the pages.
 * A stream is an object with `stream` in it.
 */
export function pdf(pages: Page[], objects: (string | Buffer)[] = []): Buffer {
  const first = 3 + objects.length
  const kids = pages.map((_, index) => `${first + index * 2} 0 R`).join(' ')
  const all = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`,
    ...objects,
    ...pages.flatMap(({ size: [width, height] = [200, 300], content, resources = '<< >>' }, at) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Resources ${resources} /Contents ${first + at * 2 + 1} 0 R >>`,
      stream(content),
    ]),
  ]
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  for (const [index, object] of all.entries())
    parts.push(Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n'))
  parts.push(Buffer.from(`trailer << /Root 1 0 R /Size ${all.length + 1} >>\n%%EOF`))
  return Buffer.concat(parts)
}

export function stream(content: string | Buffer, entries = ''): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([
    Buffer.from(`<< ${entries} /Length ${bytes.length} >>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ])
}
