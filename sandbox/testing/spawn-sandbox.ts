import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SceneName } from '../api.ts'
import { connectSandbox, type SandboxClient } from '../client.ts'
import { home, isCheckout } from '../home.ts'

export interface SpawnOptions {
  /** The product's server; may be set later at the door `upstream`. */
  upstream?: string
  scene?: SceneName
  /** A compiled mini program: the folder with its `app.json`. */
  miniprogramFolder?: string
  /** Another program to start than this package's own, e.g. a bundle of it. Absolute. */
  entry?: string
}

export interface SpawnedSandbox extends SandboxClient {
  /** Where the pages of the product are shown inside the two clients. */
  webviewOrigin: string
  /** The environment that points a server at the sandbox. */
  env: Readonly<Record<string, string>>
  stop: () => Promise<void>
}

const patienceMs = 50_000

/**
 * A sandbox in a process of its own, on free ports, with a client of its doors. Throws with what
 * the program said when it does not start. Who starts it stops it.
 */
export async function spawnSandbox(options: SpawnOptions = {}): Promise<SpawnedSandbox> {
  const { upstream, scene, miniprogramFolder } = options
  const child = spawn(process.execPath, options.entry ? [options.entry] : ownProgram(), {
    env: {
      ...process.env,
      SANDBOX_PORT: '0',
      SANDBOX_WEBVIEW_PORT: '0',
      ...(upstream !== undefined && { SANDBOX_UPSTREAM: upstream }),
      ...(scene !== undefined && { SANDBOX_SCENE: scene }),
      ...(miniprogramFolder !== undefined && { SANDBOX_MINIPROGRAM: miniprogramFolder }),
    },
    // There tsx is found.
    ...(isCheckout && { cwd: fileURLToPath(home) }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill()
    await ended
  }
  let said = ''
  const line = new Promise<string>((resolve, reject) => {
    const fail = () => reject(new Error(`the sandbox did not start:\n${said}`))
    const timer = setTimeout(fail, patienceMs)
    void ended.then(fail, reject).finally(() => clearTimeout(timer))
    child.stderr.on('data', (chunk) => (said += String(chunk)))
    // It says its ports when it listens.
    child.stdout.on('data', (chunk) => {
      said += String(chunk)
      if (!said.includes('\n')) return
      clearTimeout(timer)
      resolve(said.slice(0, said.indexOf('\n')))
    })
  })
  try {
    const { port, webviewPort } = JSON.parse(await line) as { port: number; webviewPort: number }
    const client = connectSandbox(`http://localhost:${port}`)
    return {
      ...client,
      webviewOrigin: `http://localhost:${webviewPort}`,
      env: await client.credentials(),
      stop,
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

/** In a checkout the sources run themselves, by tsx. */
function ownProgram(): string[] {
  return isCheckout
    ? ['--import', 'tsx', fileURLToPath(new URL('main.ts', home))]
    : [fileURLToPath(new URL('main.js', home))]
}
