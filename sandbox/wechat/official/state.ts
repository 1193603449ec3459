import type { Scene } from '../../scenes/scene.ts'

/** Plain data only: it is copied by snapshots. */
export interface OfficialState {}

export function createOfficial(_scene: Scene): OfficialState {
  return {}
}
