import { copy } from './feedback.ts'
import { isH5 } from './platform.ts'

/**
 * Whether this platform opens foreign addresses. A mini program may open only business domains that
 * its owner registered, so it offers the address instead.
 */
export const canOpenLinks = isH5

export function openLink(url: string): void {
  location.assign(url)
}

export function copyLink(url: string): void {
  copy(url)
}

/** Returns this page's own address, so that it can be opened in WeChat. */
export function ownAddress(): string {
  return isH5 ? location.href : ''
}
