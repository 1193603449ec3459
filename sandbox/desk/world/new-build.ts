/** What the desk needs to find out that the sandbox has another build of it. */
export interface BuiltDesk {
  /** The entry script, as the document of this page names it; undefined while developing. */
  entry: string | undefined
  /** Resolves with the document that the sandbox has now, past every cache. */
  document(): Promise<string>
  /** Lives as long as the window. */
  storage: Pick<Storage, 'getItem' | 'setItem'>
  reload(): void
}

const key = 'desk.left-build'

/**
 * A part of the desk could not be loaded. When the sandbox has another build, the desk is loaded
 * anew, once for each build that it leaves: all that it shows stands in the sandbox. Returns false
 * when that cannot help, because the sandbox has the same build or does not answer.
 */
export async function reloadForNewBuild(desk: BuiltDesk): Promise<boolean> {
  const { entry, storage } = desk
  if (entry === undefined) return false
  try {
    const now = await desk.document()
    if (now.includes(entry)) return false
    const left = (storage.getItem(key) ?? '').split(' ')
    if (left.includes(entry)) return false
    storage.setItem(key, [...left, entry].join(' ').trim())
    // A browser that forgets would reload for ever.
    if (!storage.getItem(key)?.split(' ').includes(entry)) return false
  } catch {
    return false
  }
  desk.reload()
  return true
}

/** The desk that this browser shows. */
export function thisDesk(): BuiltDesk {
  const entry = [...document.scripts].find(({ type, src }) => type === 'module' && src !== '')
  return {
    entry: entry?.getAttribute('src') ?? undefined,
    async document() {
      const reply = await fetch('/', { cache: 'no-store' })
      if (!reply.ok) throw new Error(`the desk answers ${reply.status}`)
      return reply.text()
    },
    storage: sessionStorage,
    reload: () => location.reload(),
  }
}
