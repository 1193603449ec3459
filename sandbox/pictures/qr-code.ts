import qrcode from 'qrcode-generator'
import { crc32, deflateSync } from 'node:zlib'

/** Modules of white around a code, without which scanners do not find it. */
const quietZone = 4

/**
 * A QR code as a PNG of `width` pixels or the least it needs: modules are whole pixels, so that it
 * stays sharp.
 */
export function drawQrCode(text: string, width = 430): Buffer {
  const code = qrcode(0, 'M')
  // The library takes one byte a character; scanners take bytes for UTF-8.
  code.addData(Buffer.from(text).toString('latin1'), 'Byte')
  code.make()
  const count = code.getModuleCount()
  const scale = Math.max(1, Math.floor(width / (count + 2 * quietZone)))
  const side = Math.max(width, scale * (count + 2 * quietZone))
  const margin = Math.floor((side - count * scale) / 2)
  const moduleAt = (pixel: number) => Math.floor((pixel - margin) / scale)
  const drawRow = (row: number) =>
    writeRow(
      side,
      (x) =>
        row >= 0 &&
        row < count &&
        moduleAt(x) >= 0 &&
        moduleAt(x) < count &&
        code.isDark(row, moduleAt(x)),
    )
  const rows = new Map<number, Buffer>()
  const rowAt = (y: number) => {
    const row = moduleAt(y)
    const known = rows.get(row) ?? drawRow(row)
    rows.set(row, known)
    return known
  }
  return writePng(side, Buffer.concat(Array.from({ length: side }, (_, y) => rowAt(y))))
}

/** One bit a pixel, white is 1, after the filter byte 0 (PNG specification, section 9). */
function writeRow(side: number, isDark: (x: number) => boolean): Buffer {
  const row = Buffer.alloc(Math.ceil(side / 8) + 1)
  for (let x = 0; x < side; x += 1) {
    const at = 1 + (x >> 3)
    if (!isDark(x)) row[at] = (row[at] ?? 0) | (0x80 >> (x & 7))
  }
  return row
}

function writePng(side: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 1
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
