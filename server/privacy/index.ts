export { erasures } from './erase.ts'
export { privacyRoutes } from './routes.ts'
