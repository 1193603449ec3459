export { forgetMentions } from './personal.ts'
export { connectionRoutes } from './routes.ts'
export { openTokenStore } from './token-store.ts'
