import type { DeskState } from '../../api.ts'

/** The four things that a newcomer does, in this order. */
export const coachSteps = ['push', 'open', 'read', 'order'] as const
export type CoachStep = (typeof coachSteps)[number]

/** Cards that members have sent. The seeded history may hold some, so what counts is whether there are more than at first. */
export function pushedCards(state: DeskState): number {
  let count = 0
  for (const conversation of state.conversations) {
    for (const message of conversation.messages) {
      if (message.from.kind === 'member' && (message.kind === 'miniprogram' || message.kind === 'link')) count += 1
    }
  }
  return count
}

/** Which hint helps now. */
export function coachStep(progress: { pushed: boolean; opened: boolean; readSeconds: number }): CoachStep {
  if (!progress.pushed && !progress.opened) return 'push'
  if (!progress.opened) return 'open'
  return progress.readSeconds < 20 ? 'read' : 'order'
}
