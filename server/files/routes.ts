import type { Context as KoaContext } from 'koa'
import * as v from 'valibot'
import { uploadPhoto } from '../../shared/contract/files.ts'
import { Id } from '../../shared/contract/values.ts'
import type { Context } from '../base/context.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { fail } from '../base/problem.ts'
import { serveRaw } from '../base/http/serve.ts'
import { mayOpen } from './address.ts'
import { parseRange } from './range.ts'
import { fileById, type StoredFile } from './store.ts'
import { fileStore } from './file-store.ts'
import { receivePhoto } from './upload/receive.ts'

export function fileRoutes(router: ApiRouter): void {
  serveRaw(router, uploadPhoto, receivePhoto, { cost: 5 })
  router.pages.get('/files/:id', (koa) => sendFile(router.ctx, koa))
}

async function sendFile(ctx: Context, koa: KoaContext): Promise<void> {
  koa.route = '/files/:id'
  koa.compress = false
  const file = await findFile(ctx, koa)
  setHeaders(ctx, koa, file)
  koa.status = 200
  if (koa.fresh) {
    koa.status = 304
    return
  }
  const ifRange = koa.get('If-Range')
  const range = parseRange(
    ifRange === '' || ifRange === koa.response.etag ? koa.get('Range') : undefined,
    file.bytes,
  )
  if (range === 'unsatisfiable') {
    koa.remove('ETag')
    koa.set({ 'Content-Range': `bytes */${file.bytes}`, 'Cache-Control': 'no-store' })
    koa.status = 416
    koa.body = ''
    return
  }
  if (koa.method !== 'HEAD') {
    const bytes = await ctx.memory
      .get(fileStore)
      .open(file.sha256, range === 'whole' ? undefined : range)
    if (!bytes) throw new Error(`the bytes of file ${file.id} are missing under DATA_DIR`)
    // Set before the length: koa removes the length when it is given a stream.
    koa.body = bytes
  }
  koa.type = file.mediaType
  koa.length = range === 'whole' ? file.bytes : range.end - range.start + 1
  if (range !== 'whole') {
    koa.status = 206
    koa.set('Content-Range', `bytes ${range.start}-${range.end}/${file.bytes}`)
  }
}

async function findFile(ctx: Context, koa: KoaContext): Promise<StoredFile> {
  const id = v.safeParse(Id, koa.params['id'])
  const file = id.success ? await fileById(ctx.db, id.output) : undefined
  if (!file) fail('file_unknown')
  const { exp, sig } = koa.query
  if (file.access === 'private' && !mayOpen(ctx, file.id, String(exp ?? ''), String(sig ?? ''))) {
    fail('forbidden', 'This address has expired or is incomplete: load the page again')
  }
  return file
}

function setHeaders(ctx: Context, koa: KoaContext, file: StoredFile): void {
  const left = Math.floor(Number(koa.query['exp'] ?? 0) - ctx.clock.now().getTime() / 1000)
  koa.set({
    'Accept-Ranges': 'bytes',
    'Cache-Control':
      file.access === 'public'
        ? 'public, max-age=31536000, immutable'
        : `private, max-age=${Math.max(0, left)}`,
    // Cards, the desk and the mini program show our pictures on foreign pages.
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Content-Type-Options': 'nosniff',
    'Content-Disposition': `inline; filename*=UTF-8''${encodeURIComponent(file.name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`,
  })
  koa.response.etag = file.sha256
}
