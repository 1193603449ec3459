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

/** Starts a sandbox for one test, in a process of its own. The server reaches it over HTTP only. */
export async function startSandbox(upstream: string): Promise<Sandbox> {
  const { origin, webviewOrigin, env, door, stop } = await spawnSandbox({
    upstream,
    entry: inject('sandboxEntry'),
  })
  return { url: origin, webviewUrl: webviewOrigin, env, door, stop }
}
