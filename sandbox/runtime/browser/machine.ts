import type { AppConfig } from '../core/bundle.ts'
import { resolvePath } from '../core/modules.ts'
import type { Program } from '../core/program.ts'

/** What the sandbox tells a frame about the phone that it is on. */
export interface Start {
  appid: string
  name: string
  /** Whose WeChat it is: stores are kept by person and mini program. */
  person: string
  version: string
  network: Network
  /** https origins of the mini program's server → where the sandbox has it. */
  domains: Record<string, string>
  mapTilesUrl: string
}
export type Network = 'good' | 'weak' | 'offline'

/** The phone below the mini program. */
export interface Machine {
  /** The frame's name, by which the sandbox knows it. */
  webview: string
  start: Start
  config: AppConfig
  program: Program<HTMLElement>
  /** Asks the sandbox: `/_webview/<door>`. */
  ask: <T = Record<string, unknown>>(door: string, body?: object) => Promise<T>
  network: { now: Network; listeners: Set<(now: Network) => void> }
  store: Store
  files: Files
  launch: { path: string; query: Record<string, string>; scene: number; referrerInfo: object }
  /** The app is being closed: what it sends now must go out all the same. */
  leaving: boolean
}

/**
 * What is remembered for one person and one mini program, beside the mini program's own storage.
 */
export interface Store {
  read: (name: string) => string | null
  write: (name: string, text: string) => void
  remove: (name: string) => void
  names: () => string[]
}

export function openStore({ person, appid }: Start): Store {
  const prefix = `wechat/${person}/${appid}/`
  return {
    read: (name) => localStorage.getItem(prefix + name),
    write: (name, text) => localStorage.setItem(prefix + name, text),
    remove: (name) => localStorage.removeItem(prefix + name),
    names: () =>
      Object.keys(localStorage)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length)),
  }
}

/** Temporary files: photos that were chosen, what was downloaded. */
export interface Files {
  add: (blob: Blob, ending: string) => string
  find: (path: string) => Blob | undefined
  locate: (address: string) => string
}

/** @param page the page on top, from which relative paths count */
export function openFiles(domains: Record<string, string>, page: () => string): Files {
  const files = new Map<string, { blob: Blob; url: string }>()
  return {
    add(blob, ending) {
      const path = `wxfile://tmp_${Math.random().toString(36).slice(2)}${Date.now().toString(36)}.${ending}`
      files.set(path, { blob, url: URL.createObjectURL(blob) })
      return path
    },
    find: (path) => files.get(path)?.blob,
    locate: (address) =>
      files.get(address)?.url ??
      mapDomain(domains, address) ??
      packageFile(address, page()) ??
      address,
  }
}

/**
 * Where the sandbox has an address of one of the mini program's own domains; null for any other.
 */
export function mapDomain(domains: Record<string, string>, address: string): string | null {
  for (const [domain, origin] of Object.entries(domains))
    if (address === domain || address.startsWith(`${domain}/`))
      return origin + address.slice(domain.length)
  return null
}

/**
 * Where a file of the package is (`/static/logo.png`, `../../static/logo.png`); null for an address
 * with a scheme.
 */
function packageFile(address: string, page: string): string | null {
  if (address === '' || address.startsWith('//') || /^[a-z][a-z\d+.-]*:/i.test(address)) return null
  return `/_webview/mini/package/${resolvePath(page, address)}`
}
