export { openLive, type Live } from './live.ts'
export { record, workorderChanged, type MomentDraft } from './record.ts'
export { timelineRoutes } from './routes.ts'
export { openedShares } from './opened.ts'
