/** What a page needs to find out that the server has another build of it. */
export interface BuiltPage {
  /** The entry script, as the document of this page names it; undefined while developing. */
  entry: string | undefined
  /** Resolves with the document that the server has now, past every cache. */
  document(): Promise<string>
  /** Lives as long as the window. */
  storage: { getItem(name: string): string | null; setItem(name: string, value: string): void }
  reload(): void
}

const key = 'chatside-left-builds'

/**
 * A part of the page could not be loaded. After a deploy the server has other files, and the page
 * is loaded anew: once for each build that it leaves, so two servers with different builds make no
 * loop. Returns `stays` when that cannot help: the server has the same build, or is out of reach.
 */
export async function meetMissingPart(page: BuiltPage): Promise<'reloads' | 'stays'> {
  const { entry } = page
  if (entry === undefined) return 'stays'
  const now = await page.document().catch(() => null)
  if (now === null || now.includes(entry) || !leaves(page.storage, entry)) return 'stays'
  page.reload()
  return 'reloads'
}

/** Whether the page leaves this build for the first time. Without a memory it never does. */
function leaves(storage: BuiltPage['storage'], entry: string): boolean {
  try {
    const left = storage.getItem(key)?.split(' ') ?? []
    if (left.includes(entry)) return false
    storage.setItem(key, [...left, entry].join(' '))
    return storage.getItem(key)?.split(' ').includes(entry) ?? false
  } catch {
    return false
  }
}
