import type { WebviewRecord } from '../state/world.ts'

/** A page calls a function of its client. */
export interface BridgeCall {
  /** Random, new with each document: a reload forgets what was proved. */
  page: string
  url: string
  name: string
  params: Record<string, unknown>
}

/** What a client's function answers. */
export interface Outcome {
  /** What follows the name and the colon in `err_msg`. */
  outcome: string
  [more: string]: unknown
}

export type System = 'windows' | 'macos' | 'ios' | 'android'

export const done: Outcome = { outcome: 'ok' }
export const cancelled: Outcome = { outcome: 'cancel' }

/** WeCom's own window is the desktop's, WeChat's a phone, unless the scenario says otherwise. */
export function systemOf({ device, scenario }: Pick<WebviewRecord, 'device' | 'scenario'>): System {
  return scenario.system ?? (device === 'wecom' ? 'windows' : 'android')
}

/** A failure in the client's words. */
export function refused(words: string): Outcome {
  return { outcome: `fail_${words}` }
}

/**
 * The page was not opened from where the function wants it. The clients say it differently
 * (platform.md §9.2): the Mac doubles its prefix, Windows leaves the code away.
 */
export function withoutContext(webview: WebviewRecord, of = 'external contact'): Outcome {
  const words = `without context of ${of}`
  switch (systemOf(webview)) {
    case 'windows':
      return refused(words)
    case 'macos':
      return { ...refused(`fail_${words}`), err_code: 2 }
    default:
      return { ...refused(words), err_code: 2 }
  }
}

/**
 * No config has succeeded on this page (platform.md §9.4). Which client says which of the published
 * words is not published.
 */
export function unconfigured(webview: WebviewRecord): string {
  return {
    windows: 'no permission',
    macos: 'no permission',
    ios: 'nopermission',
    android: 'the permission value is offline verifying',
  }[systemOf(webview)]
}

/** The function is not in `jsApiList`; the SDK makes `permission denied` of two of the three. */
export function undeclared(webview: WebviewRecord): string {
  return {
    windows: 'permission denied',
    macos: 'permission denied',
    ios: 'no permission to execute',
    android: 'access_denied',
  }[systemOf(webview)]
}

/** Whether a dotted version lies before another. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((one) => one.split('.').map(Number)) as [
    number[],
    number[],
  ]
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

export function isWebAddress(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\/[^\s]+$/.test(value)
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A list that the SDK may have joined with `;`, or a list. */
export function textsOf(value: unknown): string[] {
  const items = typeof value === 'string' ? value.split(';') : Array.isArray(value) ? value : []
  return items.filter((one): one is string => typeof one === 'string' && one !== '')
}

export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}
