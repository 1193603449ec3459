/**
 * Keeps the page from scrolling under an open sheet. Two may be open at once, so each gives back
 * its own hold; the page moves again after the last.
 */
export function holdPage(): () => void {
  change(1)
  let held = true
  return () => {
    if (held) change(-1)
    held = false
  }
}

function change(step: 1 | -1): void {
  const { dataset, style } = document.documentElement
  const sheets = Number(dataset['sheets'] ?? 0) + step
  dataset['sheets'] = String(sheets)
  style.overflow = sheets > 0 ? 'hidden' : ''
}
