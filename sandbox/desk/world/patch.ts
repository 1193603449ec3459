import type { DeskEvent, DeskState } from '../../api.ts'

type Patch = Extract<DeskEvent, { type: 'patch' }>

/**
 * The state after a patch. What did not change stays the same object, the ten thousand people and chats above all, so that only what shows something
 * else is drawn anew.
 */
export function patched(before: DeskState, { state, customers, conversations }: Patch): DeskState {
  const after: DeskState = {
    ...state,
    customers: replaced(before.customers, customers),
    conversations: replaced(before.conversations, conversations),
  }
  return keepingEqual(before, after)
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

function keepingEqual(before: DeskState, after: DeskState): DeskState {
  const kept = Object.entries(after).map(([key, value]) => {
    const old: unknown = before[key as keyof DeskState]
    return [key, old === value || key === 'customers' || key === 'conversations' || !isEqual(old, value) ? value : old]
  })
  return Object.fromEntries(kept) as DeskState
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
