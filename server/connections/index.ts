export { callbackRoutes } from './callbacks.ts'
export { replayCallback, wecomCallbacks } from './handle-callbacks.ts'
export { connectionRoutes } from './routes.ts'
export { openTokenStore } from './token-store.ts'
