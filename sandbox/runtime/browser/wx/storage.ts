import type { Machine } from '../machine.ts'
import { prompt, Refused, textOf } from './api.ts'

/** setStorageSync.md: 1 MB a key, 10 MB in all. */
const most = { key: 1024 * 1024, all: 10 * 1024 * 1024 }
const place = 'storage/'

export function storageFunctions({ store }: Machine): Record<string, unknown> {
  const keys = () => store.names().filter((name) => name.startsWith(place))
  const size = () => keys().reduce((sum, name) => sum + (store.read(name)?.length ?? 0), 0)
  const read = (key: string): unknown => {
    const text = store.read(place + key)
    return text === null ? undefined : (JSON.parse(text) as { data: unknown }).data
  }
  const write = (key: string, data: unknown) => {
    const text = JSON.stringify({ data })
    if (text.length > most.key) throw new Refused('exceed max size')
    if (size() + text.length > most.all) throw new Refused('exceed storage max size 10Mb')
    store.write(place + key, text)
  }
  const info = () => ({
    keys: keys().map((name) => name.slice(place.length)),
    currentSize: Math.ceil(size() / 1024),
    limitSize: most.all / 1024,
  })
  const clear = () => keys().forEach((name) => store.remove(name))
  return {
    getStorageSync: (key: string) => read(key) ?? '',
    setStorageSync: (key: string, data: unknown) => write(key, data),
    removeStorageSync: (key: string) => store.remove(place + key),
    clearStorageSync: clear,
    getStorageInfoSync: info,
    ...prompt({
      getStorage(options) {
        const data = read(textOf(options, 'key'))
        if (data === undefined) throw new Refused('data not found')
        return { data }
      },
      setStorage: (options) => write(textOf(options, 'key'), options.data),
      removeStorage: (options) => store.remove(place + textOf(options, 'key')),
      clearStorage: clear,
      getStorageInfo: info,
    }),
  }
}
