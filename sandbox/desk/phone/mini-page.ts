/**
 * The page of a mini program in an address of its web build: `…/h5/#/pages/a/b?x=1` → `pages/a/b`;
 * null elsewhere (signing in, loading).
 */
export function pageOf(url: string): string | null {
  const hash = url.split('#')[1]
  if (hash === undefined) return null
  return pathOf(hash.replace(/^\//, '')) || null
}

/** `pages/a/b.html?x=1`, as a card carries it, → `pages/a/b`. */
export function pathOf(page: string): string {
  return (page.split('?')[0] ?? '').replace(/^\//, '').replace(/\.html$/, '')
}
