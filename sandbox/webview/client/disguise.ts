import type { Facts } from './facts.ts'
import { hardware, userAgentOf } from './user-agent.ts'

export function disguise(facts: Facts) {
  const userAgent = userAgentOf(facts)
  override(navigator, {
    userAgent,
    appVersion: userAgent.slice('Mozilla/'.length),
    ...hardware[facts.system],
    userAgentData: undefined,
  })
  speak(facts)
  // Each user has a device of his own; on the desk they share one browser, so the stores are kept
  // apart by name.
  const prefix = `${facts.device}/${facts.user}/`
  override(window, {
    localStorage: partition(window.localStorage, prefix),
    sessionStorage: partition(window.sessionStorage, prefix),
  })
}

/** The client's language, as its browser tells pages. */
export function speak({ language }: Facts) {
  override(navigator, {
    language: language === 'en' ? 'en-US' : 'zh-CN',
    languages: language === 'en' ? ['en-US', 'en'] : ['zh-CN', 'zh'],
  })
}

export function override(target: object, values: Record<string, unknown>) {
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(target, name, { configurable: true, get: () => value })
}

/** A storage that sees only the keys with its prefix. */
function partition(store: Storage, prefix: string): Storage {
  const names = () => Object.keys(store).filter((name) => name.startsWith(prefix))
  const methods: Storage = {
    get length() {
      return names().length
    },
    key: (index) => names()[index]?.slice(prefix.length) ?? null,
    getItem: (name) => store.getItem(prefix + name),
    setItem: (name, value) => store.setItem(prefix + name, value),
    removeItem: (name) => store.removeItem(prefix + name),
    clear: () => names().forEach((name) => store.removeItem(name)),
  }
  return new Proxy(methods, {
    get: (target, name) =>
      name in target || typeof name === 'symbol'
        ? Reflect.get(target, name)
        : (store.getItem(prefix + name) ?? undefined),
    set(target, name, value) {
      target.setItem(String(name), String(value))
      return true
    },
    deleteProperty(target, name) {
      target.removeItem(String(name))
      return true
    },
    has: (target, name) => name in target || store.getItem(prefix + String(name)) !== null,
    ownKeys: () => names().map((name) => name.slice(prefix.length)),
    getOwnPropertyDescriptor: (target, name) => {
      const value = target.getItem(String(name))
      return value === null
        ? undefined
        : { value, writable: true, enumerable: true, configurable: true }
    },
  })
}
