import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { SceneName } from './api.ts'
import { createSite } from './platform/site.ts'
import { home, pages } from './home.ts'
import { makeFrame } from './runtime/node/frame.ts'
import { recallGrants } from './state/grants.ts'
import { tick } from './platform/areas.ts'
import { warmMini } from './webview/mini.ts'
import { pageScripts } from './webview/scripts.ts'
import { createWebview } from './webview/site.ts'
import { createWorld } from './platform/create-world.ts'
import { mainApp } from './wecom/apps/state.ts'
import { releaseEverybody } from './state/release.ts'

export interface SandboxOptions {
  /** 0 = a free one. */
  port?: number
  webviewPort?: number
  /** Where both ports listen; 127.0.0.1. A container listens on 0.0.0.0 behind its own walls. */
  host?: string
  /** One or two servers; may be set later at `/_sandbox/upstream`. */
  upstream?: string[]
  scene?: SceneName
  /** The built desk. */
  deskFolder?: string
  /** A compiled mini program (the folder with its `app.json`), which the desk's phone runs. */
  miniprogramFolder?: string
  /** The https origin that the mini program was built to call. */
  miniprogramOrigin?: string
  /**
   * How long a second of the callbacks' deadlines and retries lasts; 1000. Tests hurry, or wait for
   * a busy machine.
   */
  callbackSecondMs?: number
}

export interface Sandbox {
  port: number
  webviewPort: number
  /** `http://localhost:<port>`, as a browser opens it. */
  origin: string
  webviewOrigin: string
  /** Compiles the mini program now, so that its first opening is as fast as the second. */
  warm: () => Promise<void>
  close: () => Promise<void>
}

/** Starts both ports. Rejects with the system's error when a port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const addresses = {
    sandbox: '',
    webview: '',
    upstream: options.upstream ?? ['http://127.0.0.1:3000'],
  }
  const site = createServer()
  const webview = createServer()
  const closeBoth = async () => {
    await Promise.all([close(site), close(webview)])
  }
  try {
    // Before the ports: a request that comes in while nobody answers would hang for ever.
    const scripts = await pageScripts()
    const host = options.host ?? '127.0.0.1'
    const [port, webviewPort] = await Promise.all([
      listen(site, options.port ?? 0, host),
      listen(webview, options.webviewPort ?? 0, host),
    ])
    addresses.sandbox = `http://localhost:${port}`
    addresses.webview = `http://localhost:${webviewPort}`
    const world = createWorld(options.scene ?? 'demo', addresses)
    world.outbox.secondMs = options.callbackSecondMs ?? 1000
    const { miniprogram, officialAccount } = world.scene
    recallGrants(world, {
      wecom: mainApp(world).key,
      miniprogram: miniprogram.appid,
      official: officialAccount.appid,
    })
    const deskFolder = options.deskFolder ?? fileURLToPath(new URL('desk', pages))
    site.on('request', createSite(world, scripts, deskFolder).callback())
    const origin = options.miniprogramOrigin ?? 'https://chatside.example'
    const frame = makeFrame(new URL('runtime/', home), folderUrl(options.miniprogramFolder))
    webview.on(
      'request',
      createWebview(world, {
        client: scripts.client,
        phone: scripts.phone,
        mini: { frame, origin },
      }),
    )
    const heartbeat = setInterval(() => tick(world), 1000)
    heartbeat.unref()
    return {
      port,
      webviewPort,
      origin: addresses.sandbox,
      webviewOrigin: addresses.webview,
      warm: () => warmMini(frame),
      async close() {
        clearInterval(heartbeat)
        releaseEverybody(world)
        await closeBoth()
      },
    }
  } catch (error) {
    await closeBoth()
    throw error
  }
}

function folderUrl(folder: string | undefined): URL | null {
  return folder === undefined ? null : pathToFileURL(join(folder, '/'))
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve()
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
