import { ref, type Ref } from 'vue'
import { isH5 } from './platform.ts'

const online = ref(true)
const listeners = new Set<() => void>()
let watching = false

/** Whether there is a network, and a call when it comes back. */
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
  // uni reads `navigator.connection`. That says nothing on a computer, and in most browsers it
  // misses the loss of a network.
  if (isH5) {
    became(navigator.onLine)
    window.addEventListener('online', () => became(true))
    window.addEventListener('offline', () => became(false))
    return
  }
  uni.getNetworkType({ success: ({ networkType }) => (online.value = networkType !== 'none') })
  uni.onNetworkStatusChange(({ isConnected }) => became(isConnected))
}

function became(connected: boolean): void {
  const cameBack = connected && !online.value
  online.value = connected
  if (cameBack) listeners.forEach((listener) => listener())
}
