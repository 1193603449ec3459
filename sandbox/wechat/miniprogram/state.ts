import type { Scene } from '../../scenes/scene.ts'

/** Plain data only: it is copied by snapshots. */
export interface MiniprogramState {}

export function createMiniprogram(_scene: Scene): MiniprogramState {
  return {}
}
