export { openLive } from './live.ts'
export { haveMoments, record, withdraw, workorderChanged } from './record.ts'
export { timelineRoutes } from './routes.ts'
export { openedShares } from './opened.ts'
