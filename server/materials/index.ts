export { presentMaterial } from './present.ts'
export { keepPicture, type MaterialDraft, publish } from './publish.ts'
export { ensureCategories, materialById, namesByIds, titlesOf } from './store.ts'
