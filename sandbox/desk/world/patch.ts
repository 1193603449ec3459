import type { DeskEvent, DeskState } from '../../api.ts'

type Patch = Extract<DeskEvent, { type: 'patch' }>

/**
 * The state after a patch. What did not change stays the same object, the ten thousand people and
 * chats above all, so that only what shows something else is drawn anew.
 */
export function patched(before: DeskState, { state, customers, conversations }: Patch): DeskState {
  return {
    ...before,
    ...state,
    customers: replaced(before.customers, customers),
    conversations: replaced(before.conversations, conversations),
  }
}

/** The list with some of its entries replaced, in their places; what is new comes last. */
function replaced<T extends { id: string }>(list: T[], fresh: readonly T[]): T[] {
  if (fresh.length === 0) return list
  const waiting = new Map(fresh.map((one) => [one.id, one]))
  const next = list.map((one) => {
    const found = waiting.get(one.id)
    waiting.delete(one.id)
    return found ?? one
  })
  return [...next, ...waiting.values()]
}
