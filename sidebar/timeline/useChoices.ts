import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { listMaterials, type MaterialKind } from '../../shared/contract/materials.ts'
import { listMoments, type Moment } from '../../shared/contract/timeline.ts'
import { useApp } from '../bridge/app.ts'

export interface MaterialChoice {
  id: string
  title: string
  kind: MaterialKind | null
}

const lookedAt = 100
const mostFound = 10
const pauseMs = 250

/**
 * The filters of a timeline: the materials and members of the customer's last hundred moments, and
 * any material of the library by its words.
 */
export function useChoices(personId: string) {
  const { call } = useApp()
  const recent = shallowRef<Moment[]>([])
  const found = shallowRef<MaterialChoice[]>([])
  const words = ref('')
  const search = shallowRef<'idle' | 'loading' | 'failed'>('idle')

  const materials = computed(() =>
    unique(
      recent.value.flatMap(({ material }) => material ?? []),
      ({ id }) => id,
    ),
  )
  const members = computed(() => {
    const shared = recent.value.flatMap(({ share }) =>
      share?.memberUserId
        ? [{ userId: share.memberUserId, name: share.memberName ?? share.memberUserId }]
        : [],
    )
    return unique(shared, ({ userId }) => userId)
  })

  // Without them there are still the search and the members who follow the customer.
  void call(listMoments, { params: { id: personId }, query: { limit: String(lookedAt) } }).then(
    ({ items }) => (recent.value = items),
    () => undefined,
  )

  let asking: AbortController | undefined
  async function find(): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    // U+0000 can be pasted and is invisible; the server refuses it.
    const q = words.value.split('\u0000').join('').trim()
    if (!q) {
      found.value = []
      search.value = 'idle'
      return
    }
    search.value = 'loading'
    try {
      const { items } = await call(
        listMaterials,
        { query: { q, limit: String(mostFound) } },
        { signal: mine.signal },
      )
      if (mine.signal.aborted) return
      found.value = items
      search.value = 'idle'
    } catch {
      if (!mine.signal.aborted) search.value = 'failed'
    }
  }
  let pause: ReturnType<typeof setTimeout> | undefined
  watch(words, () => {
    clearTimeout(pause)
    search.value = 'loading'
    pause = setTimeout(() => void find(), pauseMs)
  })
  onScopeDispose(() => {
    clearTimeout(pause)
    asking?.abort()
  })

  return { words, search, materials, members, found, find }
}

/** Returns the first of each, in their order. */
export function unique<T>(list: readonly T[], key: (item: T) => string): T[] {
  const known = new Set<string>()
  return list.filter((item) => !known.has(key(item)) && known.add(key(item)))
}
