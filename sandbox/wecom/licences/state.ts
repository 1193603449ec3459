import type { Scene } from '../../scenes/scene.ts'

/** Plain data only: it is copied by snapshots. */
export interface LicencesState {}

export function createLicences(_scene: Scene): LicencesState {
  return {}
}
