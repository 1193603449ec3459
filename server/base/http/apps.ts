import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import compress from 'koa-compress'
import send from 'koa-send'
import type { Context as KoaContext, Next } from 'koa'
import type { Config } from '../../config.ts'
import { securityHeaders } from './security-headers.ts'

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url))

/**
 * The built apps. Browsers keep a file with a hash in its name for ever, and ask for the page that
 * names it each time.
 */
const apps = [
  { at: '/sidebar/', from: `${dist}sidebar` },
  { at: '/h5/', from: `${dist}build/h5` },
]
const hashed = /[.-][\w-]{8,}\.(?:js|css|woff2?|png|jpe?g|svg|webp)$/
const packed = compress({ threshold: 1024, br: { params: {} } })

export function builtApps(config: Config): (koa: KoaContext, next: Next) => Promise<void> {
  const secured = securityHeaders(config)
  return async (koa, next) => {
    // Whoever types the bare address gets the sidebar, which says where it belongs.
    if (koa.path === '/' && (koa.method === 'GET' || koa.method === 'HEAD')) {
      koa.route = '/'
      koa.redirect('/sidebar/')
      return undefined
    }
    const app = apps.find(({ at }) => koa.path.startsWith(at) || koa.path === at.slice(0, -1))
    if (!app || (koa.method !== 'GET' && koa.method !== 'HEAD')) return next()
    koa.route = `${app.at}*`
    if (koa.path === app.at.slice(0, -1)) {
      koa.redirect(app.at + koa.search)
      return undefined
    }
    return secured(koa, () => packed(koa, () => sendFile(koa, app.at, app.from)))
  }
}

async function sendFile(koa: KoaContext, at: string, from: string): Promise<void> {
  const path = koa.path.slice(at.length) || 'index.html'
  if (!existsSync(from)) {
    koa.type = 'text/plain; charset=utf-8'
    koa.status = 503
    koa.body = 'This app is not built yet. Run: npm run build\n'
    return
  }
  try {
    await send(koa, path, {
      root: from,
      setHeaders(response, file) {
        response.setHeader(
          'Cache-Control',
          hashed.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
        )
      },
    })
  } catch (error) {
    // The library throws 404, and 400 or 403 for paths that climb out. We answer all of them as a
    // missing file.
    if (error instanceof Error && 'status' in error) return
    throw error
  }
}
