import type { Forward } from '../../shared/contract/statistics.ts'

/** A share and how it was handed on. */
export interface Branch extends Forward {
  children: Branch[]
  /** How many forwards lie below it, at any distance. */
  below: number
}

/**
 * Returns the tree of a list in which parents come before children, as the server sends it; null
 * for an empty list.
 */
export function treeOf(items: readonly Forward[]): Branch | null {
  const branches = new Map<string, Branch>()
  let root: Branch | null = null
  for (const item of items) {
    const branch = { ...item, children: [], below: 0 }
    branches.set(item.shareId, branch)
    if (item.parentId === null) root ??= branch
    else branches.get(item.parentId)?.children.push(branch)
  }
  for (const { parentId, shareId } of [...items].reverse()) {
    const parent = parentId === null ? undefined : branches.get(parentId)
    if (parent) parent.below += 1 + (branches.get(shareId)?.below ?? 0)
  }
  return root
}

/** Returns how often forwarded links were opened. */
export function opensOfForwards(items: readonly Forward[]): number {
  return items.reduce((sum, { parentId, opens }) => sum + (parentId === null ? 0 : opens), 0)
}
