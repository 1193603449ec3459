export { equipmentById, equipmentBySn, insertEquipment } from './store.ts'
