import { ref, shallowRef } from 'vue'
import { listWorkorders, type WorkorderSummary } from '../../shared/contract/workorders.ts'
import { call } from '../bridge/api.ts'
import { describe, type FailureWords } from '../bridge/failures.ts'

/** The visitor's own orders, page by page. After a failed refresh the shown ones stay. */
export function useOrders() {
  const orders = ref<WorkorderSummary[] | null>(null)
  const next = ref<string | null>(null)
  const loading = ref(false)
  const failure = shallowRef<FailureWords | null>(null)

  async function refresh(): Promise<boolean> {
    if (loading.value) return false
    return ask(async () => {
      const page = await call(listWorkorders, { query: {} })
      orders.value = page.items
      next.value = page.next
    })
  }

  async function more(): Promise<void> {
    const before = next.value
    if (before === null || loading.value) return
    await ask(async () => {
      const page = await call(listWorkorders, { query: { before } })
      const known = new Set(orders.value?.map((order) => order.id))
      orders.value = [
        ...(orders.value ?? []),
        ...page.items.filter((order) => !known.has(order.id)),
      ]
      next.value = page.next
    })
  }

  async function ask(run: () => Promise<void>): Promise<boolean> {
    loading.value = true
    try {
      await run()
      failure.value = null
      return true
    } catch (cause) {
      failure.value = describe(cause)
      return false
    } finally {
      loading.value = false
    }
  }

  return { orders, next, loading, failure, refresh, more }
}
