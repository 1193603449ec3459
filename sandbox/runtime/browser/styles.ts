/**
 * The sheets of a mini program in the frame: each once; those of a page only while it is on top,
 * since its classes have no prefix.
 */
export interface Styles {
  add: (path: string) => void
  show: (page: string) => void
}

export function makeStyles(sheets: ReadonlyMap<string, string>, pages: readonly string[]): Styles {
  const added = new Map<string, HTMLStyleElement>()
  let page = ''
  return {
    add(path) {
      if (added.has(path)) return
      const style = document.createElement('style')
      style.textContent = sheets.get(path) ?? ''
      style.dataset.wxss = path
      document.head.append(style)
      added.set(path, style)
      turn(path, style)
    },
    show(path) {
      page = path
      added.forEach((style, one) => turn(one, style))
    },
  }

  function turn(path: string, style: HTMLStyleElement): void {
    if (pages.includes(path)) style.disabled = path !== page
  }
}
