import type { Depth } from '../../shared/contract/track.ts'

/**
 * Returns how much of a text has been on screen: `top` and `height` are the text's, relative to the
 * window.
 */
export function percentRead(rect: { top: number; height: number }, windowHeight: number): Depth {
  const share = (windowHeight - rect.top) / rect.height
  return { unit: 'percent', reached: Math.round(Math.min(1, Math.max(0, share)) * 100), total: 100 }
}

/**
 * Returns the last page whose middle has been on screen (the first counts at once). The pages have
 * known proportions and are stacked with a gap.
 */
export function pageReached(
  list: { top: number; width: number },
  windowHeight: number,
  pages: readonly { width: number; height: number }[],
  gap: number,
): number {
  let middle = list.top
  let reached = 1
  pages.forEach((page, index) => {
    const height = (list.width * page.height) / page.width
    if (middle + height / 2 <= windowHeight) reached = Math.max(reached, index + 1)
    middle += height + gap
  })
  return Math.min(reached, pages.length)
}

/** Players report fractions and sometimes a little more than the length. */
export function secondReached(position: number, total: number): Depth {
  const length = Math.round(Math.max(0, total) * 10) / 10
  return {
    unit: 'second',
    reached: Math.min(length, Math.max(0, Math.round(position * 10) / 10)),
    total: length,
  }
}
