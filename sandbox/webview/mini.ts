import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import { Nonsense } from '../doors/nonsense.ts'
import { check } from '../doors/read.ts'
import { readJson } from '../platform/body.ts'
import type { FrameFiles } from '../runtime/node/frame.ts'
import { shownCodes } from '../platform/areas.ts'
import { issueCode } from '../state/grants.ts'
import { act, changed, type WebviewRecord, type World } from '../state/world.ts'
import { forward } from './forward.ts'
import { answerConsent } from './mini-consent.ts'
import { miniprogramUrl, versionOf } from './webviews.ts'

/** A mini program as it was built. */
export interface BuiltMini {
  /** What its frame loads. */
  frame: FrameFiles
  /** The https origin that it calls: the server behind the webview answers in its place. */
  origin: string
}

const webview = v.pipe(v.string(), v.minLength(1), v.maxLength(512))
const text = v.pipe(v.string(), v.maxLength(8192))
const Asked = v.looseObject({ webview })
const Place = v.object({ webview, url: text, title: text })
const Share = v.object({ webview, title: text, path: text, imageUrl: text })
const Preview = v.object({ webview, current: text, urls: v.array(text) })
const SetPermission = v.object({
  webview,
  locationPermission: v.optional(v.picklist(['granted', 'refused'])),
})

/**
 * Makes what a frame loads, so that the first mini program opens as fast as the second. Failures
 * are told when one is opened.
 */
export async function warmMini(frame: FrameFiles): Promise<void> {
  await Promise.allSettled([frame.script(), frame.bundle()])
}

/** Answers a request below `/_webview/mini/`. Throws `Nonsense` for a webview that is closed. */
export async function serveMini(
  world: World,
  mini: BuiltMini,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  if (request.method === 'GET') return serveFile(mini.frame, path, request, response)
  const body = await readJson(request)
  const known = world.webviews.get(check(Asked, body).webview)
  if (!known?.miniprogram) throw new Nonsense('this webview is closed')
  const answer = await answerFrame(world, mini, known, path, body)
  return answer === undefined
    ? send(response, 404, 'application/json', '{"error":"there is no such door"}')
    : json(response, answer)
}

async function serveFile(
  frame: FrameFiles,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const sendFile = (type: string, body: string | Buffer) => sendOnce(request, response, type, body)
  switch (path) {
    case '':
      return sendFile('text/html; charset=utf-8', frame.page)
    case 'frame.css':
    case 'over.css':
      return sendFile(
        'text/css; charset=utf-8',
        await frame.style(path === 'over.css' ? 'over' : 'frame'),
      )
    case 'runtime.js':
      return sendFile('text/javascript; charset=utf-8', await frame.script())
    case 'bundle.json': {
      const bundle = await frame.bundle()
      return bundle === null
        ? send(response, 404, 'application/json', '{"error":"no mini program has been built"}')
        : sendFile('application/json; charset=utf-8', bundle)
    }
    default: {
      const asset = path.startsWith('package/')
        ? await frame.asset(path.slice('package/'.length))
        : null
      return asset
        ? sendFile(asset.type, asset.bytes)
        : send(response, 404, 'application/json', '{"error":"there is no such file"}')
    }
  }
}

/** A file that the browser has already is not sent again, and what it compiled of it is kept. */
function sendOnce(
  request: IncomingMessage,
  response: ServerResponse,
  type: string,
  body: string | Buffer,
) {
  const etag = `"${createHash('sha1').update(body).digest('base64url')}"`
  response.setHeader('etag', etag)
  const isKnown = request.headers['if-none-match'] === etag
  return send(response, isKnown ? 304 : 200, type, isKnown ? '' : body)
}

/** What the frame asks of WeChat; undefined: there is no such door. */
async function answerFrame(
  world: World,
  mini: BuiltMini,
  known: WebviewRecord,
  path: string,
  body: unknown,
): Promise<object | undefined> {
  switch (path) {
    case 'start':
      return start(world, mini, known)
    case 'place': {
      const { url, title } = check(Place, body)
      Object.assign(known, { url, title })
      changed(world)
      return {}
    }
    case 'login': {
      const owner = world.scene.miniprogram.appid
      return {
        code: issueCode(world, {
          kind: 'miniprogram',
          owner,
          userId: known.userId,
          scope: 'snsapi_base',
          redirectHost: null,
        }),
      }
    }
    case 'permission': {
      const { locationPermission } = check(SetPermission, body)
      if (locationPermission) {
        world.devices.locationPermission = locationPermission
        changed(world)
      }
      return { locationPermission: world.devices.locationPermission }
    }
    case 'share': {
      const { title, path: page, imageUrl } = check(Share, body)
      const link = miniprogramUrl(world, { appid: world.scene.miniprogram.appid, page })
      // The card waits for the person; the mini program is not told what becomes of it.
      void forward(world, known, {
        page: '',
        name: 'shareAppMessage',
        url: known.url,
        params: { title, link, img_url: imageUrl },
      })
      return {}
    }
    case 'preview': {
      const { current, urls } = check(Preview, body)
      act(world, known.id, { kind: 'previewImage', current, urls })
      return {}
    }
    case 'codes':
      return {
        codes: shownCodes(world).map(({ title, text: content }) => ({
          label: title,
          content,
        })),
      }
    case 'close':
      act(world, known.id, { kind: 'close' })
      return {}
    default:
      return answerConsent(world, known, path, body)
  }
}

function start(world: World, mini: BuiltMini, known: WebviewRecord) {
  const { appid, name } = world.scene.miniprogram
  return {
    appid,
    name,
    person: known.userId,
    version: versionOf(known),
    network: world.devices.network,
    domains: { [mini.origin]: world.addresses.webview },
    mapTilesUrl: `${world.addresses.sandbox}/map/{z}/{x}/{y}.svg`,
  }
}

function json(response: ServerResponse, body: object) {
  return send(response, 200, 'application/json; charset=utf-8', JSON.stringify(body))
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer) {
  if (response.headersSent || response.destroyed) return response
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache' })
  return response.end(body)
}
