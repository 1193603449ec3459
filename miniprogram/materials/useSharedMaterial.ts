import { ref, shallowRef } from 'vue'
import { openShare } from '../../shared/contract/materials.ts'
import type { Reply } from '../../shared/contract/endpoint.ts'
import { call } from '../bridge/api.ts'
import { describe, type FailureWords } from '../bridge/failures.ts'

export type OpenedShare = Reply<typeof openShare>

/** The material of a share: loading, there, or failed with words. */
export function useSharedMaterial() {
  const opened = shallowRef<OpenedShare | null>(null)
  const failure = shallowRef<FailureWords | null>(null)
  const loading = ref(false)

  async function load(shareId: string): Promise<void> {
    loading.value = true
    failure.value = null
    try {
      opened.value = await call(openShare, { params: { id: shareId } })
    } catch (cause) {
      failure.value = describe(cause)
    } finally {
      loading.value = false
    }
  }

  return { opened, failure, loading, load }
}
