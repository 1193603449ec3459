import { demo } from './demo.ts'
import { empty } from './empty.ts'
import type { SceneName } from '../api.ts'
import type { Scene } from './scene.ts'

export const scenes: Record<SceneName, Scene> = { empty, demo }
