import type { Domain } from '../domain.ts'
import { equipmentRoutes } from './routes.ts'

export const equipment: Domain = {
  name: 'equipment',
  tables: { equipment: { nobody: 'machines; whose they are is not known here' } },
  routes: equipmentRoutes,
}
