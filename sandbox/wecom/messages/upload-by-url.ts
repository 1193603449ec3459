import { createHash } from 'node:crypto'
import { numberField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { push } from '../../pushes/push.ts'
import { changed, makeSecret, seconds, type World } from '../../state/world.ts'
import { idsOf } from '../../state/ids.ts'
import { authorize, ok } from '../access.ts'
import type { App } from '../apps/state.ts'
import { checkMedium } from './media-rules.ts'
import { keep } from './media.ts'
import type { MediumKind, Upload } from './state.ts'

const megabyte = 1024 * 1024
const kinds: MediumKind[] = ['image', 'video', 'file']

export const uploadMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/media/upload_by_url', handle: uploadByUrl },
  { method: 'POST', path: '/cgi-bin/media/get_upload_by_url_result', handle: getResult },
]

/**
 * WW-96219: WeCom fetches the file itself, up to 200 MB, for a mass message (scene 1), and tells
 * the app when it is done.
 */
function uploadByUrl(world: World, call: Upstream): Reply {
  const { app } = authorize(world, call)
  numberField(call, 'scene', 0, { least: 1, most: 1, missing: [40058, 'invalid scene'] })
  const kind = kinds.find((one) => one === textField(call, 'type'))
  if (!kind) throw new Refusal(40005, 'invalid type')
  const filename = textField(call, 'filename', {
    missing: [40058, 'missing filename'],
    mostBytes: 64,
  })
  const url = textField(call, 'url', { missing: [41010, 'missing url'], mostBytes: 1024 })
  const md5 = textField(call, 'md5', { missing: [40058, 'missing md5'] })
  if (!/^https?:\/\/\S+$/.test(url)) throw new Refusal(830001, 'invalid url')
  const upload: Upload = {
    id: makeSecret(40),
    appKey: app.key,
    state: 'running',
    mediaId: null,
    errcode: 0,
    errmsg: 'ok',
  }
  world.messages.uploads.set(upload.id, upload)
  void fetchInto(world, app, upload, { kind, filename, url, md5 })
  return { ...ok, jobid: upload.id }
}

/** What comes to pass is in the upload; a world that was reset meanwhile no longer has it. */
async function fetchInto(
  world: World,
  app: App,
  upload: Upload,
  { kind, filename, url, md5 }: { kind: MediumKind; filename: string; url: string; md5: string },
) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) })
    // The page demands a server that serves parts.
    if (response.ok && response.headers.get('accept-ranges') !== 'bytes')
      throw new Refusal(830001, 'url does not support Range')
    if (!response.ok) throw new Refusal(830003, 'download failed')
    const bytes = Buffer.from(await response.arrayBuffer())
    if (createHash('md5').update(bytes).digest('hex') !== md5.toLowerCase())
      throw new Refusal(830003, 'md5 mismatch')
    checkMedium(kind, bytes, 200 * megabyte)
    if (world.messages.uploads.get(upload.id) !== upload) return
    upload.mediaId = keep(
      world,
      app.corpId,
      kind,
      'temporary',
      { filename, type: response.headers.get('content-type') ?? '', bytes },
      0,
    ).id
    upload.state = 'done'
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(830003, 'download failed')
    Object.assign(upload, { state: 'failed', errcode: refusal.errcode, errmsg: refusal.message })
  }
  if (world.messages.uploads.get(upload.id) !== upload) return
  push(world, `app:${app.key}`, {
    ToUserName: idsOf(world, app).corp(app.corpId),
    FromUserName: 'sys',
    CreateTime: seconds(world),
    MsgType: 'event',
    Event: 'upload_media_job_finish',
    JobId: upload.id,
  })
  changed(world)
}

/** `status` 1 running, 2 done, 3 failed; only the app that asked may see it. */
function getResult(world: World, call: Upstream): Reply {
  const { app } = authorize(world, call)
  const upload = world.messages.uploads.get(
    textField(call, 'jobid', { missing: [40058, 'missing jobid'] }),
  )
  if (upload?.appKey !== app.key) throw new Refusal(40058, 'invalid jobid')
  const detail = {
    errcode: upload.errcode,
    errmsg: upload.errmsg,
    media_id: upload.mediaId ?? '',
    created_at: String(seconds(world)),
  }
  return {
    ...ok,
    status: { running: 1, done: 2, failed: 3 }[upload.state],
    ...(upload.state !== 'running' && { detail }),
  }
}
