export { keepPicture, type MaterialDraft, publish } from './publish.ts'
export { materialRoutes } from './routes.ts'
export { ensureCategories, materialById, shareById, titlesOf } from './store.ts'
