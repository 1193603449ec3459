import type { Scene } from '../../scenes/scene.ts'

/** Plain data only: it is copied by snapshots. */
export interface MessagesState {}

export function createMessages(_scene: Scene): MessagesState {
  return {}
}
