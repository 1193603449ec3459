import type { Context } from 'koa'
import type { Download } from './method.ts'

/** The whole, or the part that `Range` asks for (WW-90254). */
export function sendFile(
  ctx: Context,
  { bytes, type, name }: Pick<Download, 'bytes' | 'type' | 'name'>,
) {
  ctx.type = type
  if (name !== null) ctx.attachment(name)
  ctx.set('accept-ranges', 'bytes')
  const range = /^bytes=(\d+)-(\d*)$/.exec(ctx.get('range').replace(/\s/g, ''))
  if (!range) {
    ctx.body = bytes
    return
  }
  const start = Number(range[1])
  const end = Math.min(range[2] ? Number(range[2]) : Infinity, bytes.length - 1)
  if (start > end) {
    ctx.status = 416
    ctx.set('content-range', `bytes */${bytes.length}`)
    return
  }
  ctx.status = 206
  ctx.set('content-range', `bytes ${start}-${end}/${bytes.length}`)
  ctx.body = bytes.subarray(start, end + 1)
}
