import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { inject } from 'vitest'

export interface Sandbox {
  /** `http://localhost:…`: `/wecom`, `/wechat`, `/open`, `/_sandbox`. */
  url: string
  webviewUrl: string
  /** The environment of a server that talks to it. */
  env: Readonly<Record<string, string>>
  /**
   * A door of the simulator, e.g. `door('POST', 'faults', {…})`. Throws when the sandbox refuses.
   */
  door(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A sandbox of the test's own, in a process of its own: the server meets it over HTTP only. */
export async function startSandbox(upstream: string): Promise<Sandbox> {
  const child = spawn(process.execPath, [inject('sandboxEntry')], {
    cwd: root,
    env: {
      ...process.env,
      SANDBOX_PORT: '0',
      SANDBOX_WEBVIEW_PORT: '0',
      SANDBOX_UPSTREAM: upstream,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let ended = false
  child.stdout.on('data', (chunk) => (said += String(chunk)))
  child.stderr.on('data', (chunk) => (said += String(chunk)))
  const end = new Promise<void>((resolve) =>
    child.once('exit', () => {
      ended = true
      resolve()
    }),
  )
  const deadline = Date.now() + 50_000
  // It says its ports when it listens.
  while (!said.includes('\n')) {
    if (ended || Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`the sandbox did not start:\n${said}`)
    }
    await wait(20)
  }
  const { port, webviewPort } = JSON.parse(said.slice(0, said.indexOf('\n'))) as {
    port: number
    webviewPort: number
  }
  const url = `http://localhost:${port}`
  const { env } = (await (await fetch(`${url}/_sandbox/credentials`)).json()) as {
    env: Record<string, string>
  }
  return {
    url,
    webviewUrl: `http://localhost:${webviewPort}`,
    env,
    async door(method, path, body) {
      const response = await fetch(`${url}/_sandbox/${path}`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} /_sandbox/${path}: ${response.status} ${text}`)
      return text ? (JSON.parse(text) as unknown) : undefined
    },
    async stop() {
      child.kill()
      await end
    },
  }
}
