export { openLive } from './live.ts'
export { record, workorderChanged } from './record.ts'
export { timelineRoutes } from './routes.ts'
export { openedShares } from './opened.ts'
