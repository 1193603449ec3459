/** JSON under a key. Reading returns null for missing or broken values; callers parse the rest. */
export function load(key: string): unknown {
  try {
    const text: unknown = uni.getStorageSync(key)
    return typeof text === 'string' && text !== '' ? JSON.parse(text) : null
  } catch {
    return null
  }
}

/**
 * Writes in the background, because synchronous writes hold the page up (setStorageSync.md). A full
 * storage loses comfort, not data of record.
 */
export function save(key: string, value: unknown): void {
  uni.setStorage({ key, data: JSON.stringify(value), fail: () => undefined })
}

export function forget(key: string): void {
  uni.removeStorage({ key, fail: () => undefined })
}
