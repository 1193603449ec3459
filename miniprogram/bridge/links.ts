import { copy } from './feedback.ts'
import { isH5 } from './platform.ts'

/**
 * A mini program may open only business domains that its owner registered, so it offers the address
 * instead.
 */
export const canOpenLinks = isH5

export function openLink(url: string): void {
  location.assign(url)
}

export function copyLink(url: string): void {
  copy(url)
}

/** This page's own address, to be carried to WeChat. */
export function ownAddress(): string {
  return isH5 ? location.href : ''
}
