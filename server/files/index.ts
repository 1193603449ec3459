export { fileUrl, pictureOf } from './address.ts'
export { keepImage, keepPublished, readKept } from './keep.ts'
export { filesByIds, markUsed, type StoredFile } from './store.ts'
