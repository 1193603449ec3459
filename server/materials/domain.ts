import type { Domain } from '../domain.ts'
import { materialRoutes } from './routes.ts'

export const materials: Domain = {
  name: 'materials',
  tables: {
    materials: { nobody: 'the library' },
    material_categories: { nobody: 'the library' },
  },
  routes: materialRoutes,
}
