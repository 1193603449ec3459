import { countWithin } from '../../platform/limits.ts'
import { readFile, type FilePart } from '../../platform/multipart.ts'
import { Download, Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { makeSecret, now, seconds, type World } from '../../state/world.ts'
import { authorize, ok } from '../access.ts'
import { checkMedium } from './media-rules.ts'
import type { Medium, MediumKind } from './state.ts'

const day = 86_400_000
const threeDays = 3 * day
const megabyte = 1024 * 1024
/** The desk shows media of old messages too; this many bytes are kept for it. */
const mostKept = 300 * megabyte

/** WW-90256. */
export const imageQuota = { day: 1000, month: 3000 }

export const mediaMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/media/upload', handle: upload },
  { method: 'POST', path: '/cgi-bin/media/uploadimg', handle: uploadImage },
  { method: 'POST', path: '/cgi-bin/media/upload_attachment', handle: uploadAttachment },
  { method: 'GET', path: '/cgi-bin/media/get', handle: getMedium },
]

const kinds: MediumKind[] = ['image', 'voice', 'video', 'file']

/** WW-90253. `created_at` is a text and `errmsg` empty, as the page shows. */
function upload(world: World, call: Upstream): Reply {
  const { app } = authorize(world, call)
  const kind = kinds.find((one) => one === call.query.type)
  if (!kind) throw new Refusal(40005, 'invalid type')
  const file = fileOf(call)
  const medium = keep(world, app.corpId, kind, 'temporary', file, checkMedium(kind, file.bytes))
  return {
    errcode: 0,
    errmsg: '',
    type: kind,
    media_id: medium.id,
    created_at: String(seconds(world)),
  }
}

/** WW-90256: for good, 5 B to 2 MB, 1,000 a day and 3,000 a month for a corp. */
function uploadImage(world: World, call: Upstream): Reply {
  const { app } = authorize(world, call)
  const file = fileOf(call)
  checkMedium('image', file.bytes, 2 * megabyte)
  const isWithin = countWithin(world, imageCounter(app.corpId), [
    { ms: day, most: imageQuota.day },
    { ms: 30 * day, most: imageQuota.month },
  ])
  if (!isWithin) throw new Refusal(45009, 'api freq out of limit')
  const medium = keep(world, app.corpId, 'image', 'permanent', file, 0)
  return { errcode: 0, errmsg: '', url: mediumUrl(world, medium) }
}

export function imageCounter(corpId: string): string {
  return `uploadimg ${corpId}`
}

/** WW-95098: media for moments (1) and the product album (2); three days too. */
function uploadAttachment(world: World, call: Upstream): Reply {
  const { app } = authorize(world, call)
  const kind = kinds.find((one) => one === call.query.media_type && one !== 'voice')
  if (!kind) throw new Refusal(40005, 'invalid type')
  if (call.query.attachment_type !== '1' && call.query.attachment_type !== '2')
    throw new Refusal(40058, 'invalid attachment_type')
  const file = fileOf(call)
  const medium = keep(world, app.corpId, kind, 'attachment', file, checkMedium(kind, file.bytes))
  return { ...ok, type: kind, media_id: medium.id, created_at: seconds(world) }
}

/** WW-90254. Any app of the corp may read it. */
function getMedium(world: World, call: Upstream): Download {
  const { app } = authorize(world, call)
  if (!call.query.media_id) throw new Refusal(41006, 'media_id missing')
  const { bytes, type, filename } = mediumOf(world, app.corpId, call.query.media_id)
  return new Download(Buffer.from(bytes), type, filename)
}

/**
 * A medium of the corp that is not older than three days, of this kind if one is named. Throws
 * 40007.
 */
export function mediumOf(world: World, corpId: string, mediaId: string, kind?: MediumKind): Medium {
  const medium = findMedium(world, corpId, mediaId, kind)
  if (!medium) throw new Refusal(40007, 'invalid media_id')
  return medium
}

export function findMedium(
  world: World,
  corpId: string,
  mediaId: string,
  kind?: MediumKind,
): Medium | undefined {
  const medium = world.messages.media.get(mediaId)
  const isGood =
    medium !== undefined &&
    medium.corpId === corpId &&
    medium.use !== 'permanent' &&
    now(world) - medium.createdAt < threeDays &&
    (kind === undefined || medium.kind === kind)
  return isGood ? medium : undefined
}

/**
 * Whether a picture's address came from media/uploadimg, which is the only kind that mass messages
 * and welcome messages take.
 */
export function isUploadedImage(world: World, corpId: string, url: string): boolean {
  return [...world.messages.media.values()].some(
    (one) => one.use === 'permanent' && one.corpId === corpId && mediumUrl(world, one) === url,
  )
}

/** Where a browser sees it. */
export function mediumUrl(world: World, { id }: Pick<Medium, 'id'>): string {
  return `${world.addresses.sandbox}/_sandbox/media/${id}`
}

/** Keeps a file. `seconds`: a voice's length. */
export function keep(
  world: World,
  corpId: string,
  kind: MediumKind,
  use: Medium['use'],
  { filename, type, bytes }: Pick<FilePart, 'filename' | 'type' | 'bytes'>,
  seconds: number,
): Medium {
  const medium: Medium = {
    id: makeSecret(44),
    corpId,
    kind,
    use,
    filename,
    type: typeOf(kind, type, bytes),
    bytes,
    seconds,
    createdAt: now(world),
  }
  const { media } = world.messages
  media.set(medium.id, medium)
  let total = 0
  for (const one of media.values()) total += one.bytes.length
  for (const one of media.values()) {
    if (total <= mostKept) break
    total -= one.bytes.length
    media.delete(one.id)
  }
  return medium
}

function typeOf(kind: MediumKind, given: string, bytes: Buffer): string {
  if (kind === 'voice') return 'audio/amr'
  if (kind === 'video') return 'video/mp4'
  if (kind === 'file') return given
  return bytes[0] === 0x89 ? 'image/png' : 'image/jpeg'
}

/** The one file of the form. WeCom takes a field of any name although the page says `media`. */
function fileOf(call: Upstream): FilePart {
  const file = readFile(call, 'media') ?? readFile(call)
  if (!file) throw new Refusal(44001, 'empty media data')
  return file
}
