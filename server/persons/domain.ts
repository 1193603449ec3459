import type { Domain } from '../domain.ts'
import { personRoutes } from './routes.ts'

export const persons: Domain = { name: 'persons', routes: personRoutes }
