import type { Conversation, DeskState, Message } from '../../api.ts'

/** The four things that a newcomer does, in this order. */
export const coachSteps = ['push', 'open', 'read', 'order'] as const
export type CoachStep = (typeof coachSteps)[number]

/**
 * Cards that members have sent. The seeded history may hold some, so what counts is whether there
 * are more than at first.
 */
export function pushedCards(state: DeskState): number {
  let count = 0
  for (const conversation of state.conversations) count += pushedIn(conversation)
  return count
}

/** A conversation that did not change is the same object as before, and is not counted twice. */
const counted = new WeakMap<Conversation, number>()
function pushedIn(conversation: Conversation): number {
  const known = counted.get(conversation)
  if (known !== undefined) return known
  const isCard = ({ from, kind }: Message) =>
    from.kind === 'member' && (kind === 'miniprogram' || kind === 'link')
  const count = conversation.messages.filter(isCard).length
  counted.set(conversation, count)
  return count
}

/** Which hint helps now. */
export function coachStep(progress: {
  pushed: boolean
  opened: boolean
  readSeconds: number
}): CoachStep {
  if (!progress.pushed && !progress.opened) return 'push'
  if (!progress.opened) return 'open'
  return progress.readSeconds < 20 ? 'read' : 'order'
}
