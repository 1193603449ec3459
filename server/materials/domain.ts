import type { Domain } from '../domain.ts'
import { drawingTurns, openDrawingTurns } from './document/draw.ts'
import { materialRoutes } from './routes.ts'

export const materials: Domain = {
  name: 'materials',
  tables: {
    materials: { nobody: 'the library' },
    material_categories: { nobody: 'the library' },
  },
  memory({ memory }) {
    memory.keep(drawingTurns, openDrawingTurns())
  },
  routes: materialRoutes,
}
