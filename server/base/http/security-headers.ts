import type { Context as KoaContext, Next } from 'koa'
import helmet from 'koa-helmet'
import type { Config } from '../../config.ts'

/**
 * Headers for pages. A page runs no foreign code, and only WeCom's clients may frame it, to show
 * the sidebar. Pictures may come from any https address: avatars lie on many hosts of Tencent, and
 * link materials have foreign covers.
 */
export function securityHeaders(config: Config): (koa: KoaContext, next: Next) => Promise<void> {
  const tiles = config.mapTilesUrl
    ? [new URL(config.mapTilesUrl.replaceAll(/[{}]/g, '')).origin]
    : []
  const secure = config.publicUrl.startsWith('https:')
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': [`'self'`],
        'script-src': [`'self'`],
        // Vue and uni-app set style attributes.
        'style-src': [`'self'`, `'unsafe-inline'`],
        'img-src': [`'self'`, 'https:', 'data:', 'blob:', ...tiles],
        'media-src': [`'self'`, 'https:', 'blob:'],
        'font-src': [`'self'`, 'data:'],
        'connect-src': [`'self'`],
        'object-src': [`'none'`],
        'base-uri': [`'self'`],
        'form-action': [`'self'`],
        'frame-ancestors': [`'self'`, 'https://*.work.weixin.qq.com', 'https://work.weixin.qq.com'],
        ...(secure && { 'upgrade-insecure-requests': [] }),
      },
    },
    // frame-ancestors is more exact. The older header knows no list of hosts and would lock WeCom
    // out.
    xFrameOptions: false,
    // WeCom's webview opens pages with a `window.opener` of its own.
    crossOriginOpenerPolicy: false,
    crossOriginResourcePolicy: false,
    originAgentCluster: false,
    strictTransportSecurity: secure ? { maxAge: 15_552_000 } : false,
    // The full address would tell foreign hosts the OAuth state and share ids.
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  }) as (koa: KoaContext, next: Next) => Promise<void>
}
