import type { SceneName } from '../api.ts'
import { busyRep, busyRepTitle } from './busy-rep.ts'
import { customized, lapsed } from './customized.ts'
import { demo } from './demo.ts'
import { empty } from './empty.ts'
import type { Scene } from './scene.ts'

/** Made anew each time, so that a large scene costs nothing until it is set. */
export const scenes: Record<SceneName, () => Scene> = {
  empty: () => structuredClone(empty),
  demo: () => structuredClone(demo),
  'busy-rep': busyRep,
  'customized-app': () => structuredClone(customized),
  'lapsed-licence': () => structuredClone(lapsed),
}

export const sceneNames = Object.keys(scenes) as SceneName[]

/** For the desk's menu, without making any scene. */
export const sceneTitles: Record<SceneName, string> = {
  empty: empty.title,
  demo: demo.title,
  'busy-rep': busyRepTitle,
  'customized-app': customized.title,
  'lapsed-licence': lapsed.title,
}
