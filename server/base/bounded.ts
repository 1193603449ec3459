/** Adds a value and removes the oldest one when there are more than `most`. */
export function keepAmong<K, V>(memory: Map<K, V>, most: number, key: K, value: V): void {
  memory.delete(key)
  if (memory.size >= most) {
    const oldest = memory.keys().next()
    if (!oldest.done) memory.delete(oldest.value)
  }
  memory.set(key, value)
}
