import Router from '@koa/router'
import Koa from 'koa'
import send from 'koa-send'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { backstageDoors } from '../doors/backstage.ts'
import { happeningDoors } from '../doors/happenings.ts'
import { inspectDoors } from '../doors/inspect.ts'
import { Nonsense } from '../doors/nonsense.ts'
import { pushDoors } from '../doors/pushes.ts'
import { readBody } from '../doors/read.ts'
import { scanDoors } from '../doors/scans.ts'
import * as shapes from '../doors/shapes.ts'
import { snapshotDoors } from '../doors/snapshots.ts'
import { stageDoors } from '../doors/stage.ts'
import { streamDoor } from '../doors/stream.ts'
import { avatarOfLook, drawAvatar, drawIcon } from '../pictures/avatar.ts'
import { drawTile } from '../pictures/map-tile.ts'
import { drawQrCode } from '../pictures/qr-code.ts'
import { pages } from '../home.ts'
import { findCustomer, findMember, type World } from '../state/world.ts'
import { wechatPages } from '../wechat/pages.ts'
import { installPage } from '../wecom/apps/install-page.ts'
import { authorizeHtml, authorizePage } from '../webview/authorize.ts'
import { componentPage } from '../wechat/open/page.ts'
import { areas } from './areas.ts'
import { entryOf } from './fields.ts'
import { sendFile } from './send-file.ts'
import { mount, wechatPhrase, wecomPhrase } from './mount.ts'

/**
 * The sandbox's own site: the platforms' APIs, the authorize page, the map, the doors and, at `/`,
 * the desk.
 */
export function createSite(world: World, scripts: { authorize: string }, deskFolder: string): Koa {
  const app = new Koa()
  const router = new Router()
  const methodsOf = (service: 'wecom' | 'wechat') =>
    areas.filter((area) => area.service === service).flatMap(({ methods }) => methods)
  stageDoors(router, world)
  backstageDoors(router, world)
  happeningDoors(router, world)
  scanDoors(router, world)
  snapshotDoors(router, world)
  pushDoors(router, world)
  componentPage(router, world)
  inspectDoors(router, world)
  streamDoor(router, world)
  installPage(router, world)
  wechatPages(router, world)
  authorizeDoors(router, world, scripts.authorize)
  pictures(router, world)
  inspectorPages(router)

  app.use((ctx, next) => {
    ctx.path = pathByHost(ctx.hostname, ctx.path)
    return next()
  })
  app.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (!(error instanceof Nonsense)) throw error
      ctx.status = 400
      ctx.body = { error: error.message }
    }
  })
  app.use(mount(world, 'wecom', methodsOf('wecom'), wecomPhrase))
  app.use(mount(world, 'wechat', methodsOf('wechat'), wechatPhrase))
  app.use(router.routes()).use(router.allowedMethods())
  app.use(async (ctx) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return
    // The desk is one page. What else nobody has answered is a 404: a client with a wrong base
    // address would take a page for an answer.
    const isFile = /\.\w+$/.test(ctx.path)
    if (ctx.path !== '/' && !isFile) return
    if (/^\/(wecom|wechat|wechat-mp|open|map|_sandbox)\//.test(ctx.path)) return
    if (!existsSync(deskFolder)) {
      ctx.type = 'html'
      ctx.body =
        '<!doctype html><meta charset="utf-8"><title>Chatside</title><p>The desk is not built yet: <code>npm run build</code>. <a href="/_sandbox/">Inspector</a></p>'
      return
    }
    await send(ctx, isFile ? ctx.path : '/index.html', { root: deskFolder })
  })
  // A client that hangs up in the middle is no error of ours.
  app.silent = true
  return app
}

/**
 * For clients that take a host but no path before theirs: `qyapi.…` is WeCom, `api.…` is WeChat,
 * `open.…` the sign-in pages, `mp.…` what WeChat serves to browsers, whatever follows the first dot
 * (`qyapi.localhost:3100`, or names in /etc/hosts).
 */
const places: Record<string, string> = {
  qyapi: '/wecom',
  api: '/wechat',
  open: '/open',
  mp: '/wechat-mp',
}

function pathByHost(hostname: string, path: string): string {
  const [name = ''] = hostname.split('.')
  const place = entryOf(places, name)
  return place === undefined ||
    !hostname.includes('.') ||
    path.startsWith(`${place}/`) ||
    path.startsWith('/_sandbox/')
    ? path
    : place + path
}

/** The built inspector; its assets lie beside the doors. */
function inspectorPages(router: Router) {
  const folder = fileURLToPath(new URL('inspector', pages))
  router.get(['/_sandbox/', '/_sandbox/assets/:file'], async (ctx) => {
    if (existsSync(folder))
      return void (await send(
        ctx,
        ctx.path.replace(/^\/_sandbox/, '').replace(/\/$/, '/index.html'),
        { root: folder },
      ))
    ctx.type = 'html'
    ctx.body =
      '<!doctype html><meta charset="utf-8"><title>Inspector</title><p>The inspector is not built yet: <code>npm run build</code>.'
  })
}

function authorizeDoors(router: Router, world: World, script: string) {
  router.get('/open/connect/oauth2/authorize', (ctx) => {
    ctx.type = 'html'
    ctx.set('cache-control', 'no-store')
    ctx.body = authorizeHtml(world, String(ctx.query.appid ?? ''))
  })
  router.get('/open/_client.js', (ctx) => {
    ctx.type = 'text/javascript'
    ctx.body = script
  })
  router.post('/open/_code', async (ctx) => {
    const { webview, query, allow } = await readBody(ctx, shapes.AskCode)
    ctx.body = authorizePage(world, webview, query, allow)
  })
}

function pictures(router: Router, world: World) {
  router.get('/_sandbox/avatars/:file', (ctx) => {
    const id = (ctx.params.file ?? '').replace(/\.svg$/, '')
    const user = findMember(world, id) ?? findCustomer(world, id)
    if (!user) return
    picture(ctx, drawAvatar(user.avatar))
  })
  router.get('/_sandbox/looks/:file', (ctx) => {
    const avatar = avatarOfLook(ctx.params.file ?? '')
    if (avatar) picture(ctx, drawAvatar(avatar))
  })
  router.get('/_sandbox/icons/:file', (ctx) => {
    const icon = drawIcon((ctx.params.file ?? '').replace(/\.svg$/, ''))
    if (icon) picture(ctx, icon)
  })
  router.get('/_sandbox/codes/:file', (ctx) => {
    const text = Buffer.from((ctx.params.file ?? '').replace(/\.png$/, ''), 'base64url').toString()
    if (text === '' || text.length > 1000) return
    ctx.type = 'image/png'
    ctx.set({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'public, max-age=3600',
    })
    ctx.body = drawQrCode(text)
  })
  router.get('/_sandbox/media/:id', (ctx) => {
    const medium = world.messages.media.get(ctx.params.id ?? '')
    if (!medium) return
    ctx.set({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'public, max-age=3600',
    })
    sendFile(ctx, { bytes: Buffer.from(medium.bytes), type: medium.type, name: null })
  })
  router.get('/map/:z/:x/:file', (ctx) => {
    const [z, x, y] = [
      ctx.params.z,
      ctx.params.x,
      (ctx.params.file ?? '').replace(/\.svg$/, ''),
    ].map(Number) as [number, number, number]
    const isTile =
      [z, x, y].every(Number.isInteger) &&
      z >= 0 &&
      z <= 22 &&
      [x, y].every((one) => one >= 0 && one < 2 ** z)
    if (isTile) picture(ctx, drawTile(z, x, y))
  })
}

function picture(ctx: Koa.Context, svg: string) {
  ctx.type = 'image/svg+xml'
  ctx.set({
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'public, max-age=3600',
  })
  ctx.body = svg
}
