import * as v from 'valibot'
import { Id } from '../../shared/contract/values.ts'
import { MaterialKind } from '../../shared/contract/materials.ts'
import { load, save } from '../bridge/storage.ts'

const storageKey = 'chatside.recent'
const most = 20

const RecentItem = v.object({
  shareId: Id,
  materialId: Id,
  kind: MaterialKind,
  title: v.string(),
  coverUrl: v.nullable(v.string()),
  at: v.number(),
})
export type RecentItem = v.InferOutput<typeof RecentItem>

export function recentlyRead(): RecentItem[] {
  const stored = v.safeParse(v.array(RecentItem), load(storageKey))
  return stored.success ? stored.output : []
}

/** A repeated material moves up instead of appearing twice. */
export function remember(item: RecentItem): void {
  save(
    storageKey,
    [item, ...recentlyRead().filter((other) => other.materialId !== item.materialId)].slice(
      0,
      most,
    ),
  )
}

export function forgetRecent(): void {
  save(storageKey, [])
}
