import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type FrameFiles, makeFrame } from '../node/frame.ts'

const shipped = fileURLToPath(new URL('../../../dist/build/mp-weixin/', import.meta.url))

/**
 * What the mini program asked of its phone or its server: `POST mini/login`, `POST /api/track` …
 */
export interface Asked {
  what: string
  headers: IncomingMessage['headers']
  body: string
}

export interface PhoneServer {
  url: string
  asked: Asked[]
  /** What the doors answer; a test may change it. */
  doors: Record<string, object>
  close: () => Promise<void>
}

/**
 * The doors of `/_webview/` with a phone that is a few fixed answers, and a server behind it that
 * signs everybody in.
 */
export async function openPhone(folder: string = shipped): Promise<PhoneServer> {
  if (!existsSync(shipped))
    throw new Error('dist/build/mp-weixin is missing: node scripts/lib/uni.mjs build -p mp-weixin')
  const frame = makeFrame(new URL('../', import.meta.url), pathToFileURL(join(folder, '/')))
  const asked: Asked[] = []
  const doors: Record<string, object> = {
    position: { position: { latitude: 31.2304, longitude: 121.4737, accuracy: 25 } },
    'mini/login': { code: 'a-code' },
    'mini/permission': { locationPermission: 'granted' },
    'mini/codes': { codes: [] },
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  doors['mini/start'] = {
    appid: 'wx5d0d5d0d5d0d5d0d',
    name: '服务',
    person: 'linyue',
    version: '8.0.56',
    network: 'good',
    domains: { 'https://chatside.example': url },
    mapTilesUrl: `${url}/map/{z}/{x}/{y}.svg`,
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const [path = ''] = (request.url ?? '').split('?')
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const file = request.method === 'GET' ? await fileOf(frame, path) : undefined
    if (file)
      return response
        .writeHead(file.status ?? 200, { 'content-type': file.type })
        .end(file.text ?? '{}')
    const what = path.replace('/_webview/', '')
    asked.push({ what: `${request.method ?? ''} ${what}`, headers: request.headers, body })
    const reply = path.startsWith('/_webview/') ? (doors[what] ?? {}) : ourServer(path)
    return response
      .writeHead(reply ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(reply ?? {}))
  }

  return {
    url,
    asked,
    doors,
    close: () =>
      new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  }
}

async function fileOf(
  frame: FrameFiles,
  path: string,
): Promise<{ type: string; text: string | Buffer | null; status?: number } | undefined> {
  switch (path) {
    case '/_webview/mini/':
      return { type: 'text/html; charset=utf-8', text: frame.page }
    case '/_webview/mini/frame.css':
    case '/_webview/mini/over.css':
      return {
        type: 'text/css',
        text: await frame.style(path.endsWith('over.css') ? 'over' : 'frame'),
      }
    case '/_webview/mini/runtime.js':
      return { type: 'text/javascript', text: await frame.script() }
    case '/_webview/mini/bundle.json': {
      const text = await frame.bundle()
      return { type: 'application/json', text, ...(text === null && { status: 404 }) }
    }
    default: {
      const asset = path.startsWith(assets) ? await frame.asset(path.slice(assets.length)) : null
      return asset ? { type: asset.type, text: asset.bytes } : undefined
    }
  }
}

const assets = '/_webview/mini/package/'

/** As much of our server as the pages need to be drawn. */
function ourServer(path: string): object | null {
  const id = '01900000-0000-7000-8000-000000000001'
  if (path === '/api/miniprogram/session')
    return {
      token: 'a-token',
      expiresAt: '2099-01-01T00:00:00.000Z',
      session: { kind: 'visitor', corp: { id: 'ww1' }, identityId: id, personId: id },
    }
  if (path === '/api/settings')
    return { corpName: '启明机电', miniprogramAppId: null, mapTilesUrl: null }
  return path === '/api/workorders' ? { items: [], next: null } : null
}

/** The shipped bundle with one file of it changed. */
export function damagedBundle(
  path: string,
  change: (text: string) => string,
): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  cpSync(shipped, folder, { recursive: true })
  const before = readFileSync(join(folder, path), 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`nothing of ${path} was changed`)
  writeFileSync(join(folder, path), after)
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}
