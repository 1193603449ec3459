import type { Scene } from '../../scenes/scene.ts'

/** Plain data only: it is copied by snapshots. */
export interface ContactsState {}

export function createContacts(_scene: Scene): ContactsState {
  return {}
}
