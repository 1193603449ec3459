import type Router from '@koa/router'
import { drawQrCode } from '../pictures/qr-code.ts'
import { miniprogramUrl } from '../webview/webviews.ts'
import { now, type World } from '../state/world.ts'
import { findLink, targetOf } from './miniprogram/links.ts'
import { anyMedia } from './official/media.ts'
import { findQrCode } from './official/qr-codes.ts'

/**
 * What WeChat serves to browsers rather than to servers: mp.weixin.qq.com, wxaurl.cn and the
 * addresses of media.
 */
export function wechatPages(router: Router, world: World) {
  router.get('/wechat-mp/cgi-bin/showqrcode', (ctx) => {
    const code = findQrCode(world, String(ctx.query.ticket ?? ''))
    if (!code) return
    ctx.type = 'image/png'
    ctx.body = drawQrCode(code.url)
  })

  router.get('/wechat-mp/media/:id', (ctx) => {
    const media = anyMedia(world, ctx.params.id ?? '')
    if (!media) return
    ctx.type = media.contentType
    ctx.set({
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'access-control-allow-origin': '*',
    })
    ctx.body = Buffer.from(media.bytes)
  })

  router.get('/wechat-mp/u/:id', (ctx) => {
    const link = findLink(world, `/wechat-mp/u/${ctx.params.id}`)
    if (link && now(world) < link.expiresAt) {
      ctx.redirect(
        miniprogramUrl(world, {
          appid: world.scene.miniprogram.appid,
          page: targetOf(world, link),
          build: 'h5',
        }),
      )
      return
    }
    ctx.type = 'html'
    ctx.body = '<!doctype html><meta charset="utf-8"><title>微信</title><p>链接已失效</p>'
  })
}
