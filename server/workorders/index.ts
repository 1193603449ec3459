export { forgetWorkorders, personalWorkorders } from './personal.ts'
export { workorderRoutes } from './routes.ts'
export { insertEquipment } from './store.ts'
