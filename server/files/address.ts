import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Picture } from '../../shared/contract/materials.ts'
import type { Context } from '../base/context.ts'
import type { FileAccess, StoredFile } from './store.ts'

/**
 * Signed addresses change only this often (in seconds), so that a browser may keep the photo for as
 * long.
 */
const step = 30 * 60

/**
 * Returns an absolute address, because WeChat, WeCom and the mini program fetch it from anywhere.
 * The address of a private file expires after 60–90 minutes.
 */
export function fileUrl(
  ctx: Pick<Context, 'config' | 'clock'>,
  file: { id: string; access: FileAccess },
): string {
  const url = new URL(`/files/${file.id}`, ctx.config.publicUrl)
  if (file.access === 'private') {
    const expires = (Math.floor(ctx.clock.now().getTime() / 1000 / step) + 3) * step
    url.searchParams.set('exp', String(expires))
    url.searchParams.set('sig', sign(ctx.config.sessionSecret, file.id, expires))
  }
  return url.href
}

export function pictureOf(ctx: Pick<Context, 'config' | 'clock'>, file: StoredFile): Picture {
  return { url: fileUrl(ctx, file), width: file.width ?? 0, height: file.height ?? 0 }
}

/** Whether `fileUrl` made `exp` and `sig` for this file and they are still good. */
export function mayOpen(
  ctx: Pick<Context, 'config' | 'clock'>,
  fileId: string,
  expires: string,
  signature: string,
): boolean {
  if (!/^\d{1,12}$/.test(expires)) return false
  const expected = Buffer.from(sign(ctx.config.sessionSecret, fileId, Number(expires)))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false
  return Number(expires) * 1000 > ctx.clock.now().getTime()
}

function sign(secret: string, fileId: string, expires: number): string {
  return createHmac('sha256', secret).update(`files.${fileId}.${expires}`).digest('base64url')
}
