import { computed, reactive } from 'vue'
import { mostPhotoBytes } from '../../shared/contract/files.ts'
import { describe } from '../bridge/failures.ts'
import { toast } from '../bridge/feedback.ts'
import { choosePhotos, uploadPhoto } from '../bridge/photos.ts'
import { text } from '../bridge/text.ts'
import type { StoredDraft } from './draft.ts'

export const mostPhotos = 9
/** WeChat allows ten requests in flight in all. Photos leave room for others. */
const atOnce = 3

export interface FormPhoto {
  key: number
  /** The shown picture: the phone's own copy, or the server's after a restart. */
  src: string
  state: 'waiting' | 'uploading' | 'done' | 'failed'
  percent: number
  /** Why it failed, in words. */
  reason: string
}

/**
 * Photos of the form. Each is uploaded as soon as it is chosen; the draft holds the uploaded ones.
 */
export function usePhotos(draft: StoredDraft, absolute: (url: string) => string) {
  let lastKey = 0
  const ids = new Map<number, string>()
  const photos = reactive<FormPhoto[]>([])
  const unfinished = computed(() =>
    photos.some((photo) => photo.state === 'waiting' || photo.state === 'uploading'),
  )
  const failed = computed(() => photos.some((photo) => photo.state === 'failed'))

  for (const { id, url } of draft.photos) {
    const photo = addPhoto(absolute(url), 'done')
    ids.set(photo.key, id)
  }

  function addPhoto(src: string, state: FormPhoto['state']): FormPhoto {
    lastKey += 1
    photos.push({ key: lastKey, src, state, percent: 0, reason: '' })
    // The reactive object, so that progress shows.
    return photos[photos.length - 1] as FormPhoto
  }

  async function choose(): Promise<void> {
    const chosen = await choosePhotos(mostPhotos - photos.length)
    // The server would hang up in the middle, which looks like a lost network.
    const small = chosen.filter(({ bytes }) => bytes <= mostPhotoBytes)
    if (small.length < chosen.length) toast(text.order.photosTooLarge)
    for (const { path } of small.slice(0, mostPhotos - photos.length)) addPhoto(path, 'waiting')
    noteUnfinished()
    next()
  }

  function next(): void {
    const under = photos.filter((photo) => photo.state === 'uploading').length
    photos
      .filter((photo) => photo.state === 'waiting')
      .slice(0, atOnce - under)
      .forEach((photo) => void upload(photo))
  }

  async function upload(photo: FormPhoto): Promise<void> {
    photo.state = 'uploading'
    photo.percent = 0
    try {
      const file = await uploadPhoto(photo.src, (percent) => (photo.percent = percent))
      photo.state = 'done'
      if (photos.includes(photo)) {
        ids.set(photo.key, file.id)
        draft.photos.push({ id: file.id, url: file.url })
      }
    } catch (failure) {
      photo.state = 'failed'
      photo.reason = describe(failure).hint
    }
    noteUnfinished()
    next()
  }

  /** Photos without an id are lost with the page. The next visit says so. */
  function noteUnfinished(): void {
    draft.photosLost = photos.some((photo) => photo.state !== 'done')
  }

  function retry(photo: FormPhoto): void {
    photo.state = 'waiting'
    next()
  }

  function remove(photo: FormPhoto): void {
    photos.splice(photos.indexOf(photo), 1)
    const id = ids.get(photo.key)
    draft.photos = draft.photos.filter((stored) => stored.id !== id)
    noteUnfinished()
    next()
  }

  function clear(): void {
    photos.splice(0)
    ids.clear()
  }

  return { photos, unfinished, failed, choose, retry, remove, clear }
}
