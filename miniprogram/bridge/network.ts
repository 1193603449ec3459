import { ref, type Ref } from 'vue'

const online = ref(true)
const listeners = new Set<() => void>()
let watching = false

/** Whether there is a network, and a word when it comes back. */
export function useNetwork(): Readonly<Ref<boolean>> {
  watch()
  return online
}

export function onBackOnline(listener: () => void): () => void {
  watch()
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function watch(): void {
  if (watching) return
  watching = true
  uni.getNetworkType({ success: ({ networkType }) => (online.value = networkType !== 'none') })
  uni.onNetworkStatusChange(({ isConnected }) => {
    const cameBack = isConnected && !online.value
    online.value = isConnected
    if (cameBack) listeners.forEach((listener) => listener())
  })
}
