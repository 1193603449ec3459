import type { Scene } from '../../scenes/scene.ts'

/** Plain data only: it is copied by snapshots. */
export interface OpenState {}

export function createOpen(_scene: Scene): OpenState {
  return {}
}
