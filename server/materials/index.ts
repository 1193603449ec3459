export { keepPicture, type MaterialDraft, publish } from './publish.ts'
export { forgetShares, personalShares } from '../shares/personal.ts'
export { materialRoutes } from './routes.ts'
export { ensureCategories, materialById, shareById, titlesOf } from './store.ts'
