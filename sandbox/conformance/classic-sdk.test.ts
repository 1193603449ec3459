/// <reference lib="dom" />
import type { Browser, FrameLocator } from '@playwright/test'
import { createHash } from 'node:crypto'
import { build } from 'esbuild'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { home, pages } from '../home.ts'
import { startSandbox } from '../start.ts'
import type { Invoke, OpenWebview } from '../api.ts'
import { openBrowser, openFrame } from '../testing/open-browser.ts'
import { operate, type OpenedSandbox } from '../testing/open-sandbox.ts'
import { invoke } from '../testing/open-stage.ts'

/*
 * A sidebar in the manner of the public templates, on the desk: `wx.config` signed for the corp,
 * then `wx.agentConfig` signed for the app, then `wx.invoke`. The classic SDK (npm `wecomjsdk`,
 * unmodified) goes on sending the proof of `config` with every call, also after `agentConfig`.
 */
const template = `
function sign(kind) {
  var page = location.href.split('#')[0]
  return fetch('/sign?kind=' + kind + '&url=' + encodeURIComponent(page)).then(function (answer) {
    return answer.json()
  })
}
function tell(id, result) {
  document.getElementById(id).textContent = result.errMsg || result.err_msg
}
function show(result) {
  tell('contact-result', result)
  if (result.userId) document.getElementById('contact').textContent = result.userId
}
sign('corp').then(function (config) {
  wx.config({
    beta: true,
    debug: false,
    appId: config.corpId,
    timestamp: config.timestamp,
    nonceStr: config.nonceStr,
    signature: config.signature,
    jsApiList: ['checkJsApi', 'previewImage', 'openLocation', 'getCurExternalContact',
      'sendChatMessage'],
  })
  wx.error(function (result) { tell('config-result', result) })
  wx.ready(function () {
    if (location.search === '?only=config') {
      wx.checkJsApi({
        jsApiList: ['previewImage'],
        success: function () {
          WeixinJSBridge.invoke('getCurExternalContact', {
            verifySignature: config.signature,
          }, show)
        },
      })
      return
    }
    sign('agent').then(function (agent) {
      wx.agentConfig({
        corpid: agent.corpId,
        agentid: agent.agentId,
        timestamp: agent.timestamp,
        nonceStr: agent.nonceStr,
        signature: agent.signature,
        jsApiList: ['getCurExternalContact', 'sendChatMessage', 'openUserProfile'],
        success: function (result) {
          tell('agent-result', result)
          wx.invoke('getCurExternalContact', {}, show)
        },
        fail: function (result) { tell('agent-result', result) },
      })
    })
  })
})
document.getElementById('send').onclick = function () {
  wx.invoke('sendChatMessage', {
    msgtype: 'text',
    text: { content: '您好，资料已为您准备好' },
  }, function (result) { tell('send-result', result) })
}
document.getElementById('preview').onclick = function () {
  wx.previewImage({
    current: location.origin + '/a.png',
    urls: [location.origin + '/a.png'],
    success: function (result) { tell('preview-result', result) },
    fail: function (result) { tell('preview-result', result) },
  })
}
`

const body = `<h1 id="contact"></h1>
<p id="config-result"></p><p id="agent-result"></p><p id="contact-result"></p>
<button id="send">发送话术</button><p id="send-result"></p>
<button id="preview">看大图</button><p id="preview-result"></p>`

/** How the page gets its `wx`. */
const manners = {
  'a script that sets the global': '<script src="/jweixin.js"></script><script src="/page.js">',
  'the package, bundled': '<script src="/bundle.js">',
}

let browser: Browser
let server: Server
let sandbox: OpenedSandbox
let manner: keyof typeof manners = 'the package, bundled'
const files: Record<string, string> = {}

beforeAll(async () => {
  const desk = fileURLToPath(new URL('desk/index.html', pages))
  if (!existsSync(desk)) throw new Error(`${desk} is missing: run \`npm run build\` first`)
  const source = readFileSync(new URL('../node_modules/wecomjsdk/index.js', home), 'utf8')
  files['/jweixin.js'] = `var module = {};${source};window.wx = module.exports`
  files['/page.js'] = template
  const bundled = await build({
    stdin: {
      contents: `import wx from 'wecomjsdk'\nwindow.wx = wx\n${template}`,
      resolveDir: fileURLToPath(new URL('..', home)),
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  files['/bundle.js'] = bundled.outputFiles[0]?.text ?? ''
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://template.example')
    const text = (type: string, content: string) =>
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(content)
    if (pathname === '/sign')
      return signPage(searchParams).then((signed) => text('application/json', signed))
    const file = files[pathname]
    if (file !== undefined) return text('text/javascript', file)
    return text('text/html', `<!doctype html><html><body>${body}${manners[manner]}</script>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const upstream = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`]
  sandbox = await operate(await startSandbox({ upstream }))
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await sandbox?.close()
  server?.closeAllConnections()
  server?.close()
})

/** The template's own server, which keeps the tickets. */
async function signPage(query: URLSearchParams): Promise<string> {
  const { ticket } =
    query.get('kind') === 'agent'
      ? await sandbox.wecom('ticket/get', { type: 'agent_config' })
      : await sandbox.wecom('get_jsapi_ticket')
  const text = `jsapi_ticket=${String(ticket)}&noncestr=${query.get('kind')}&timestamp=1700000000`
  return JSON.stringify({
    corpId: sandbox.env.WECOM_CORP_ID,
    agentId: sandbox.env.WECOM_AGENT_ID,
    timestamp: 1_700_000_000,
    nonceStr: query.get('kind'),
    signature: createHash('sha1')
      .update(`${text}&url=${query.get('url')}`)
      .digest('hex'),
  })
}

/** The toolbar of the chat with 林悦, with the template in it. */
async function openTemplate(): Promise<FrameLocator> {
  await sandbox.post('/_sandbox/reset', { scene: 'demo' })
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  await page.goto(sandbox.origin)
  const toolbar = page.getByRole('region', { name: '企业微信' })
  return toolbar.frameLocator('iframe').first()
}

const contact = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'

describe.each(Object.keys(manners) as (keyof typeof manners)[])('the classic SDK as %s', (one) => {
  it('proves the corp, then the app, and then every call is served', async () => {
    manner = one
    const sidebar = await openTemplate()
    const says = (id: string) => sidebar.locator(`#${id}`).textContent()
    await expect.poll(() => says('agent-result')).toBe('agentConfig:ok')
    await expect.poll(() => says('contact')).toBe(contact)
    await sidebar.getByRole('button', { name: '发送话术' }).click()
    await expect.poll(() => says('send-result')).toBe('sendChatMessage:ok')
    const chat = (await sandbox.state()).conversations.find(({ id }) => id === 'zhou-lin')
    expect(chat?.messages.at(-1)).toMatchObject({ kind: 'text', text: '您好，资料已为您准备好' })
    // Opened by the first proof alone.
    await sidebar.getByRole('button', { name: '看大图' }).click()
    await expect.poll(() => says('preview-result')).toBe('previewImage:ok')
    expect(await says('config-result')).toBe('')
  })
})

/** The template in a window of its own, without the desk around it. */
async function showTemplate(wish: Partial<OpenWebview> & { url: string }) {
  manner = 'the package, bundled'
  await sandbox.post('/_sandbox/reset', { scene: 'demo' })
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  await page.goto(`${sandbox.webviewOrigin}/desk`)
  return openFrame(page, sandbox, { device: 'wecom', userId: 'ZhouXiaolan', ...wish })
}

it('with the corp’s proof alone opens nothing that needs the app’s', async () => {
  const { frame } = await showTemplate({
    conversationId: 'zhou-lin',
    url: '/sidebar/?only=config',
  })
  const result = frame.locator('#contact-result')
  await expect.poll(() => result.textContent()).toBe('getCurExternalContact:fail_no permission')
})

it('asks on Windows for wwapp.initWwOpenData before agentConfig is done, and is answered', async () => {
  const { frame, id } = await showTemplate({ conversationId: 'zhou-lin', url: '/sidebar/' })
  await expect.poll(() => frame.locator('#contact').textContent()).toBe(contact)
  const { items } = (await sandbox.get(`/_sandbox/invokes?webview=${id}`)) as unknown as {
    items: Invoke[]
  }
  expect(items.map(({ name, result }) => [name, result.err_msg])).toEqual([
    ['preVerifyJSAPI', 'preVerifyJSAPI:ok'],
    ['agentConfig', 'agentConfig:ok'],
    ['wwapp.initWwOpenData', 'wwapp.initWwOpenData:ok'],
    ['getCurExternalContact', 'getCurExternalContact:ok'],
  ])
})

it('may leave a card for Moments by updateTimelineShareData, and open a place by openLocation', async () => {
  const phone = { device: 'wechat', userId: 'linyue', url: '/sidebar/' } as const
  const { frame } = await showTemplate(phone)
  expect(await invoke(frame, 'updateTimelineShareData', { title: '好文' })).toEqual({
    err_msg: 'updateTimelineShareData:ok',
  })
  const opened = await showTemplate({ conversationId: 'zhou-lin', url: '/sidebar/' })
  await expect.poll(() => opened.frame.locator('#contact').textContent()).toBe(contact)
  const open = (place: object) =>
    opened.frame.evaluate(
      (where) =>
        new Promise<string>((resolve) => {
          type Classic = { openLocation: (options: object) => void }
          const { wx } = window as unknown as { wx: Classic }
          wx.openLocation({
            ...where,
            complete: ({ errMsg }: { errMsg: string }) => resolve(errMsg),
          })
        }),
      place,
    )
  expect(await open({ latitude: 31.2, longitude: 121.4 })).toBe('openLocation:ok')
  expect(await open({ latitude: 131.2, longitude: 121.4 })).toBe('openLocation:invalid coordinate')
})
