import type { ShownCode } from '../../api.ts'
import { drawQrCode } from '../../pictures/qr-code.ts'
import { flagField, numberField, textField } from '../../platform/fields.ts'
import { Download, Refusal, type Method, type Upstream } from '../../platform/method.ts'
import { codeImage } from '../../pictures/code-image.ts'
import { makeId, type World } from '../../state/world.ts'
import { miniprogramOf } from '../accounts/tokens.ts'
import { pageExists } from './pages.ts'

const mostCounted = 100_000
const mostShown = 20
const start = 'https://mp.weixin.qq.com/a/~'
const invalidArgs: [number, string] = [40097, 'invalid args']
const wrongPathLength: [number, string] = [
  40159,
  'invalid length for path, or the data is not json string',
]
const wrongSceneLength: [number, string] = [
  40169,
  'invalid length for scene, or the data is not json string',
]

export const codeMethods: Method[] = [
  { method: 'POST', path: '/wxa/getwxacodeunlimit', handle: getUnlimitedCode },
  { method: 'POST', path: '/wxa/getwxacode', handle: getCountedCode },
  { method: 'POST', path: '/cgi-bin/wxaapp/createwxaqrcode', handle: getCountedCode },
]

/** As many as one likes; the scene goes to the page as `query.scene`, encoded. */
function getUnlimitedCode(world: World, call: Upstream): Download {
  miniprogramOf(world, call)
  const scene = textField(call, 'scene', {
    missing: wrongSceneLength,
    most: 32,
    wrong: wrongSceneLength,
  })
  if (!/^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+$/.test(scene)) throw new Refusal(40129, 'invalid scene')
  if (scene.includes('scancode_time'))
    throw new Refusal(85096, 'not allow include scancode_time field')
  const page = textField(call, 'page')
  const mustExist = flagField(call, 'check_path', true)
  if (
    page.startsWith('/') ||
    page.includes('?') ||
    (mustExist && page !== '' && !pageExists(world, page))
  )
    throw new Refusal(41030, 'invalid page')
  const width = widthIn(call)
  refuseUnknownVersion(call)
  return draw(
    world,
    page || world.scene.miniprogram.home.replace(/\.html$/, ''),
    `scene=${encodeURIComponent(scene)}`,
    width,
  )
}

/** 100,000 in all, of both methods; the path carries its query itself. */
function getCountedCode(world: World, call: Upstream): Download {
  miniprogramOf(world, call)
  const path = textField(call, 'path', {
    missing: wrongPathLength,
    most: 1024,
    wrong: wrongPathLength,
  })
  if (path.includes('scancode_time'))
    throw new Refusal(85096, 'not allow include scancode_time field')
  const width = widthIn(call)
  refuseUnknownVersion(call)
  if (world.miniprogram.countedCodes >= mostCounted)
    throw new Refusal(45029, 'qrcode count out of limit')
  world.miniprogram.countedCodes += 1
  const [page = '', ...query] = path.replace(/^\//, '').split('?')
  return draw(world, page, query.join('?'), width)
}

function widthIn(call: Upstream): number {
  return numberField(call, 'width', 430, { least: 280, most: 1280, wrong: invalidArgs })
}

function refuseUnknownVersion(call: Upstream) {
  if (!['', 'release', 'trial', 'develop'].includes(textField(call, 'env_version')))
    throw new Refusal(...invalidArgs)
}

/** Everything is in the code itself, so that it lasts for ever, as the real ones do. */
function draw(world: World, page: string, query: string, width: number): Download {
  const target = query === '' ? page : `${page}?${query}`
  const text = start + Buffer.from(target).toString('base64url')
  const { codes } = world.miniprogram
  if (!codes.some((one) => one.text === text)) {
    codes.push({
      id: makeId('wxacode'),
      title: `小程序码：${world.scene.miniprogram.name} ${target}`,
      text,
    })
    codes.splice(0, codes.length - mostShown)
  }
  return new Download(drawQrCode(text, width), 'image/png')
}

/** The page and query of a mini program's code; null: it is none. */
export function readMiniprogramCode(text: string): string | null {
  if (!text.startsWith(start)) return null
  const page = Buffer.from(text.slice(start.length), 'base64url').toString()
  return /^[\w-]+(\/[\w-]+)*(\?.*)?$/.test(page) ? page : null
}

export function shownMiniprogramCodes(world: World): ShownCode[] {
  return world.miniprogram.codes.toReversed().map(({ id, title, text }) => ({
    id,
    title,
    text,
    imageUrl: codeImage(world, text),
  }))
}
