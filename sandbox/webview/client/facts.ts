/** What the frame's name says: see `makeName` in `webviews.ts`. Null in an ordinary browser. */
export interface Facts {
  id: string
  device: 'wecom' | 'wechat'
  system: 'windows' | 'macos' | 'ios' | 'android'
  version: string
  user: string
  late: boolean
  language: 'zh' | 'en'
  theme: 'light' | 'dark'
}

export function readFacts(name: string): Facts | null {
  const facts = /^wv\.([\w-]+)\.\w+$/.exec(name)?.[1]
  if (!facts) return null
  const { device, system, version, user, late, language, theme } = JSON.parse(
    atob(facts.replace(/-/g, '+').replace(/_/g, '/')),
  ) as Omit<Facts, 'id'>
  return { id: name, device, system, version, user, late, language, theme }
}

/** Asks the sandbox behind the page's own origin. Rejects when it refuses. */
export async function ask(path: string, body: unknown): Promise<Record<string, unknown>> {
  const reply = await fetch(`/_webview/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  // A webview that the sandbox has forgotten: no answer must look like success, and an empty one
  // would.
  if (!reply.ok) throw new Error(`/_webview/${path}: ${reply.status}`)
  return (await reply.json()) as Record<string, unknown>
}
