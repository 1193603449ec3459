import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
const apps = { '/sidebar/': 'sidebar', '/h5/': 'build/h5' } as const
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

/**
 * A server with the built apps of its own, in front of a server of the stage. `deploy` gives every
 * file of an app another name, in its texts too, as the next build would; the old files are gone.
 */
export interface Deploys {
  readonly url: string
  /** The paths that were asked for and not found. */
  readonly missed: string[]
  deploy(app: keyof typeof apps): Promise<void>
  /** Takes files away without another build, and brings them back. */
  breakPart(app: keyof typeof apps, part: RegExp): Promise<void>
  mendPart(): Promise<void>
  stop(): Promise<void>
}

export async function openDeploys(behind: string): Promise<Deploys> {
  const folder = await mkdtemp(join(tmpdir(), 'chatside-deploys-'))
  await cp(join(dist, 'sidebar'), join(folder, 'sidebar'), { recursive: true })
  await cp(join(dist, 'build/h5'), join(folder, 'build/h5'), { recursive: true })
  const missed: string[] = []
  const away: string[] = []

  async function serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname } = new URL(asked.url ?? '/', 'http://front')
    const app = Object.entries(apps).find(([at]) => pathname.startsWith(at))
    if (!app) return pass(asked, answer)
    const path = pathname.slice(app[0].length) || 'index.html'
    const bytes = await readFile(join(folder, app[1], path)).catch(() => null)
    if (!bytes) {
      missed.push(pathname)
      answer.writeHead(404, { 'Cache-Control': 'no-store' }).end()
      return
    }
    answer.writeHead(200, {
      'Content-Type': types[extname(path)] ?? 'application/octet-stream',
      'Cache-Control': path === 'index.html' ? 'no-cache' : 'public, max-age=31536000, immutable',
    })
    answer.end(bytes)
  }

  function pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { method, headers, url = '/' } = asked
    const onward = request(new URL(url, behind), { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  }

  const server = createServer((asked, answer) => void serve(asked, answer))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    missed,
    async deploy(app) {
      const root = join(folder, apps[app])
      const assets = join(root, 'assets')
      const names = await readdir(assets)
      const texts = [join(root, 'index.html'), ...names.map((name) => join(assets, name))]
      for (const file of texts.filter((one) => /\.(?:js|css|html)$/.test(one))) {
        let text = await readFile(file, 'utf8')
        for (const name of names) text = text.replaceAll(name, renamed(name))
        await writeFile(file, text)
      }
      for (const name of names) await rename(join(assets, name), join(assets, renamed(name)))
    },
    async breakPart(app, part) {
      const assets = join(folder, apps[app], 'assets')
      for (const name of (await readdir(assets)).filter((one) => part.test(one))) {
        away.push(join(assets, name))
        await rename(join(assets, name), join(folder, name))
      }
    },
    async mendPart() {
      for (const path of away.splice(0)) await rename(join(folder, basename(path)), path)
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}

/** A hash in a name has eight letters at least; the last of them changes. */
function renamed(name: string): string {
  return name.replace(
    /(\w)(\.\w+)$/,
    (_, last: string, end: string) => `${last === '0' ? '1' : '0'}${end}`,
  )
}
