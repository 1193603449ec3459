import { inject } from 'vitest'
import { spawnSandbox } from '#sandbox/testing'

export interface Sandbox {
  /** `http://localhost:…`: `/wecom`, `/wechat`, `/open`, `/_sandbox`. */
  url: string
  webviewUrl: string
  /** The environment of a server that talks to it. */
  env: Readonly<Record<string, string>>
  /**
   * Opens a door of the simulator, e.g. `door('POST', 'faults', {…})`. Throws when the sandbox
   * refuses.
   */
  door(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>
  stop(): Promise<void>
}

/** Returns how often this path of a platform was called. */
export async function callsTo(
  { sandbox }: { sandbox: Pick<Sandbox, 'door'> | null },
  path: string,
): Promise<number> {
  const { items } = (await sandbox?.door('GET', `calls?path=${path}`)) as { items: unknown[] }
  return items.length
}

/** Starts a sandbox for one test, in a process of its own. The server reaches it over HTTP only. */
export async function startSandbox(upstream: string): Promise<Sandbox> {
  const { origin, webviewOrigin, env, door, stop } = await spawnSandbox({
    upstream,
    entry: inject('sandboxEntry'),
  })
  return { url: origin, webviewUrl: webviewOrigin, env, door, stop }
}
