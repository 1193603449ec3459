import { shallowRef, triggerRef, watch, type Ref } from 'vue'
import {
  listCategories,
  listMaterials,
  type Category,
  type ListedMaterial,
  type MaterialKind,
} from '../../shared/contract/materials.ts'
import { useApp } from '../bridge/app.ts'

export interface LibraryQuery {
  q: string
  category: string | null
  kind: MaterialKind | null
}

export type LibraryState =
  { step: 'loading' } | { step: 'failed'; failure: unknown } | { step: 'ready' }

/**
 * Searches and filters the material library. An answer that comes after a newer query is dropped.
 */
export function useLibrary(query: Ref<LibraryQuery>) {
  const { call } = useApp()
  const state = shallowRef<LibraryState>({ step: 'loading' })
  const categories = shallowRef<Category[]>([])
  const items = shallowRef<ListedMaterial[]>([])
  const next = shallowRef<string | null>(null)
  const more = shallowRef<'idle' | 'loading' | 'failed'>('idle')
  let asking: AbortController | undefined

  function ask(before: string | null, signal: AbortSignal) {
    const { q, category, kind } = query.value
    return call(
      listMaterials,
      {
        query: {
          q: q || undefined,
          category: category ?? undefined,
          kind: kind ?? undefined,
          before: before ?? undefined,
        },
      },
      { signal },
    )
  }

  async function load(): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    state.value = { step: 'loading' }
    more.value = 'idle'
    try {
      const page = await ask(null, mine.signal)
      if (mine.signal.aborted) return
      items.value = page.items
      next.value = page.next
      state.value = { step: 'ready' }
    } catch (failure) {
      if (!mine.signal.aborted) state.value = { step: 'failed', failure }
    }
  }

  async function loadMore(): Promise<void> {
    const mine = asking
    if (!mine || more.value === 'loading' || next.value === null || state.value.step !== 'ready')
      return
    more.value = 'loading'
    try {
      const page = await ask(next.value, mine.signal)
      if (mine.signal.aborted) return
      items.value.push(...page.items)
      triggerRef(items)
      next.value = page.next
      more.value = 'idle'
    } catch {
      if (!mine.signal.aborted) more.value = 'failed'
    }
  }

  /** The library is still useful without its categories, so a failure only hides their row. */
  async function loadCategories(): Promise<void> {
    categories.value = await call(listCategories).then(
      (page) => page.items,
      () => [],
    )
  }

  watch(query, (now, before) => {
    if (now.q !== before.q || now.category !== before.category || now.kind !== before.kind)
      void load()
  })
  void load()
  void loadCategories()

  return { state, categories, items, next, more, load, loadMore }
}
