import { inside, objectsField, textField } from '../../platform/fields.ts'
import { Download, Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { readFile, type FilePart } from '../../platform/multipart.ts'
import { makeSecret, now, seconds, type World } from '../../state/world.ts'
import { authorize, officialOf } from '../accounts/tokens.ts'
import type { OfficialMedia } from './state.ts'

const threeDays = 3 * 86_400_000
const kilobyte = 1024
const megabyte = 1024 * kilobyte

/**
 * Image and video 10 MB, voice 2 MB, thumb 64 KB
 * (doc/offiaccount/Asset_Management/New_temporary_materials).
 */
const rules: Record<
  'image' | 'voice' | 'video' | 'thumb',
  { most: number; tooLarge: [number, string] }
> = {
  image: { most: 10 * megabyte, tooLarge: [40009, 'invalid image size'] },
  voice: { most: 2 * megabyte, tooLarge: [40010, 'invalid voice size'] },
  video: { most: 10 * megabyte, tooLarge: [40011, 'invalid video size'] },
  thumb: { most: 64 * kilobyte, tooLarge: [40012, 'invalid thumb size'] },
}
type FileType = keyof typeof rules

export const mediaMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/media/upload', handle: upload },
  { method: 'GET', path: '/cgi-bin/media/get', handle: getMedia },
  { method: 'POST', path: '/cgi-bin/media/uploadimg', handle: uploadImage },
  { method: 'POST', path: '/cgi-bin/media/uploadnews', handle: uploadNews },
  { method: 'POST', path: '/cgi-bin/media/uploadvideo', handle: uploadVideo },
]

/** Where an account keeps its media: official accounts and the mini program do alike. */
function shelfOf(world: World, call: Upstream): Map<string, OfficialMedia> {
  const { owner } = authorize(world, call)
  return (
    world.official.accounts.find(({ appid }) => appid === owner)?.media ?? world.miniprogram.media
  )
}

function upload(world: World, call: Upstream): Reply {
  const shelf = shelfOf(world, call)
  const type = (Object.keys(rules) as FileType[]).find((one) => one === call.query.type)
  if (!type) throw new Refusal(40004, 'invalid media type')
  const file = fileOf(call)
  if (file.bytes.length > rules[type].most) throw new Refusal(...rules[type].tooLarge)
  return { type, media_id: keep(world, shelf, type, file), created_at: seconds(world) }
}

function fileOf(call: Upstream): FilePart {
  const file = readFile(call, 'media') ?? readFile(call)
  if (!file) throw new Refusal(41005, 'media data missing')
  if (file.bytes.length === 0) throw new Refusal(40006, 'invalid media size')
  return file
}

function keep(
  world: World,
  shelf: Map<string, OfficialMedia>,
  type: OfficialMedia['type'],
  file: Pick<FilePart, 'bytes' | 'type' | 'filename'>,
) {
  const id = makeSecret(64)
  shelf.set(id, {
    ...emptyMedia(world, type),
    contentType: file.type,
    name: file.filename,
    bytes: new Uint8Array(file.bytes),
  })
  return id
}

function emptyMedia(world: World, type: OfficialMedia['type']): OfficialMedia {
  return {
    type,
    contentType: '',
    name: '',
    bytes: new Uint8Array(),
    createdAt: now(world),
    articles: [],
    title: '',
    description: '',
  }
}

function getMedia(world: World, call: Upstream): Reply | Download {
  const shelf = shelfOf(world, call)
  const id = call.query.media_id
  if (!id) throw new Refusal(41006, 'media_id missing')
  const media = findMedia(world, shelf, id)
  if (!media) throw new Refusal(40007, 'invalid media_id')
  if (media.type === 'video') return { video_url: mediaUrl(world, id) }
  return new Download(Buffer.from(media.bytes), media.contentType, media.name)
}

/** Media live three days. */
export function findMedia(
  world: World,
  shelf: Map<string, OfficialMedia>,
  id: string,
): OfficialMedia | undefined {
  const media = shelf.get(id)
  return media && now(world) - media.createdAt < threeDays ? media : undefined
}

/** For articles: a picture without a media id, jpg or png under 1 MB. */
function uploadImage(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const file = fileOf(call)
  if (!/^image\/(jpeg|jpg|png)$/.test(file.type)) throw new Refusal(40005, 'invalid file type')
  if (file.bytes.length > megabyte) throw new Refusal(40009, 'invalid image size')
  return { url: mediaUrl(world, keep(world, account.media, 'image', file)) }
}

function uploadNews(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const given = objectsField(call, 'articles')
  if (given.length === 0) throw new Refusal(44003, 'empty news data')
  if (given.length > 8) throw new Refusal(45008, 'article size out of limit')
  const articles = given.map((one) => readArticle(world, account.media, inside(call, one)))
  const id = makeSecret(64)
  account.media.set(id, { ...emptyMedia(world, 'news'), articles })
  return { type: 'news', media_id: id, created_at: seconds(world) }
}

function readArticle(world: World, shelf: Map<string, OfficialMedia>, call: Upstream) {
  const thumb = textField(call, 'thumb_media_id', { missing: [40007, 'invalid media_id'] })
  if (!findMedia(world, shelf, thumb)) throw new Refusal(40007, 'invalid media_id')
  return {
    title: textField(call, 'title', {
      missing: [45003, 'title size out of limit'],
      most: 64,
      wrong: [45003, 'title size out of limit'],
    }),
    desc: textField(call, 'digest', { most: 120, wrong: [45004, 'description size out of limit'] }),
    imgUrl: mediaUrl(world, thumb),
    url: textField(call, 'content_source_url'),
  }
}

/** A video for mass sending gets a media id of its own. */
function uploadVideo(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const given = textField(call, 'media_id', { missing: [41006, 'media_id missing'] })
  const media = findMedia(world, account.media, given)
  if (media?.type !== 'video') throw new Refusal(40007, 'invalid media_id')
  const id = makeSecret(64)
  account.media.set(id, {
    ...media,
    title: textField(call, 'title'),
    description: textField(call, 'description'),
    createdAt: now(world),
  })
  return { type: 'video', media_id: id, created_at: seconds(world) }
}

/** Where the desk sees a medium, and what `uploadimg` gives out. */
export function mediaUrl(world: World, id: string): string {
  return `${world.addresses.sandbox}/wechat-mp/media/${id}`
}

/** A medium of any account, for its address. */
export function anyMedia(world: World, id: string): OfficialMedia | undefined {
  const shelves = [...world.official.accounts.map(({ media }) => media), world.miniprogram.media]
  return shelves.flatMap((shelf) => shelf.get(id) ?? [])[0]
}
