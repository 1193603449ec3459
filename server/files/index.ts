export { fileUrl, pictureOf } from './address.ts'
export { keepImage, keepPublished, readKept } from './keep.ts'
export { filesByIds, type StoredFile } from './store.ts'
