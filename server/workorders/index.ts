export { workorderRoutes } from './routes.ts'
export { insertEquipment } from './store.ts'
