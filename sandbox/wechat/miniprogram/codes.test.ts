import { describe, expect, it } from 'vitest'
import { appids, openWechat, type OpenedWechat } from '../../testing/open-wechat.ts'
import { readCode } from '../../testing/read-code.ts'

const home = 'pages/home/index'
const scan = ({ post }: OpenedWechat, text: unknown, device = 'wechat', userId = 'linyue') =>
  post('/_sandbox/scans', { device, userId, text })

async function draw({ fetchAs }: OpenedWechat, path: string, body: unknown) {
  const reply = await fetchAs('miniprogram', path, { method: 'POST', body: JSON.stringify(body) })
  expect(reply.headers.get('content-type')).toBe('image/png')
  return readCode(Buffer.from(await reply.arrayBuffer()))
}

describe('a mini program’s code', () => {
  it('opens its page with the scene, on WeChat and on WeCom: wxa/getwxacodeunlimit', async () => {
    const wechat = await openWechat()
    const text = await draw(wechat, 'wxa/getwxacodeunlimit', {
      scene: 'share=a1&b=2',
      page: 'pages/material/index',
      width: 280,
    })
    const target = {
      kind: 'miniprogram',
      appid: appids.miniprogram,
      page: 'pages/material/index?scene=share%3Da1%26b%3D2',
    }
    expect(await scan(wechat, text)).toEqual(target)
    expect(await scan(wechat, text, 'wecom', 'ZhouXiaolan')).toEqual(target)
    expect((await wechat.state()).shownCodes.find((code) => code.text === text)?.title).toContain(
      'pages/material/index',
    )
    expect(
      await scan(wechat, await draw(wechat, 'wxa/getwxacodeunlimit', { scene: '1' })),
    ).toMatchObject({ page: `${home}?scene=1` })
  })

  it('is refused for scenes, pages and sizes that cannot be', async () => {
    const { as } = await openWechat()
    for (const [body, errcode] of [
      [{ page: home }, 40169],
      [{ scene: 'x'.repeat(33), page: home }, 40169],
      [{ scene: '中文', page: home }, 40129],
      [{ scene: 'a%20b', page: home }, 40129],
      [{ scene: 'scancode_time=1', page: home }, 85096],
      [{ scene: '1', page: `/${home}` }, 41030],
      [{ scene: '1', page: `${home}?a=1` }, 41030],
      [{ scene: '1', page: 'pages/nowhere' }, 41030],
      [{ scene: '1', page: home, width: 279 }, 40097],
      [{ scene: '1', page: home, width: 1281 }, 40097],
      [{ scene: '1', page: home, env_version: 'beta' }, 40097],
    ] as const)
      expect(
        await as('miniprogram', 'wxa/getwxacodeunlimit', body),
        JSON.stringify(body),
      ).toMatchObject({ errcode })
    expect(
      (await openWechat().then(({ state }) => state())).shownCodes.some(({ text }) =>
        text.includes('/a/~'),
      ),
    ).toBe(false)
  })

  it('need not exist yet without check_path', async () => {
    const wechat = await openWechat()
    const text = await draw(wechat, 'wxa/getwxacodeunlimit', {
      scene: '1',
      page: 'pages/coming',
      check_path: false,
      env_version: 'trial',
    })
    expect(await scan(wechat, text)).toMatchObject({ page: 'pages/coming?scene=1' })
  })

  it('with a path carries its own query: wxa/getwxacode, cgi-bin/wxaapp/createwxaqrcode', async () => {
    const wechat = await openWechat()
    for (const path of ['wxa/getwxacode', 'cgi-bin/wxaapp/createwxaqrcode']) {
      const text = await draw(wechat, path, { path: 'pages/workorder/detail?id=17', width: 430 })
      expect(await scan(wechat, text)).toMatchObject({ page: 'pages/workorder/detail?id=17' })
      expect(await wechat.as('miniprogram', path, {})).toMatchObject({ errcode: 40159 })
      expect(await wechat.as('miniprogram', path, { path: 'x'.repeat(1025) })).toMatchObject({
        errcode: 40159,
      })
    }
  })
})

describe('a link into the mini program', () => {
  it('opens a page for as long as was said: wxa/generate_urllink, wxa/query_urllink', async () => {
    const wechat = await openWechat()
    const wish = { path: `/${home}`, query: 'from=sms', expire_type: 1, expire_interval: 1 }
    const { url_link } = await wechat.as('miniprogram', 'wxa/generate_urllink', wish)
    expect(await wechat.as('miniprogram', 'wxa/query_urllink', { url_link })).toMatchObject({
      errcode: 0,
      url_link_info: {
        appid: appids.miniprogram,
        path: home,
        query: 'from=sms',
        env_version: 'release',
      },
    })
    expect(await scan(wechat, url_link)).toEqual({
      kind: 'miniprogram',
      appid: appids.miniprogram,
      page: `${home}?from=sms`,
    })
    const open = () => fetch(String(url_link), { redirect: 'manual' })
    expect((await open()).headers.get('location')).toBe(
      `${wechat.webviewOrigin}/h5/#/${home}?from=sms`,
    )
    await wechat.post('/_sandbox/clock', { advanceSeconds: 86_400 })
    expect(await scan(wechat, url_link)).toEqual({ kind: 'text', text: '链接已失效' })
    expect(await (await open()).text()).toContain('链接已失效')
    expect(
      await wechat.as('miniprogram', 'wxa/query_urllink', { url_link: 'https://wxaurl.cn/x' }),
    ).toMatchObject({ errcode: 85403 })
  })

  it('is refused for pages, queries and times that cannot be, and when too many were made', async () => {
    const { as, happen } = await openWechat()
    for (const [wish, errcode] of [
      [{ path: 'pages/nowhere' }, 40165],
      [{ path: home, query: 'x'.repeat(1025) }, 40212],
      [{ path: home, query: '名=1' }, 40212],
      [{ path: home, expire_type: 1, expire_interval: 31 }, 85401],
      [{ path: home, expire_type: 0, expire_time: 1 }, 85401],
      [{ path: home, env_version: 'beta' }, 85402],
    ] as const)
      expect(
        await as('miniprogram', 'wxa/generate_urllink', wish),
        JSON.stringify(wish),
      ).toMatchObject({ errcode })
    await happen('account.limit', { appid: appids.miniprogram, path: '/wxa/links', daily: 6 })
    expect(await as('miniprogram', 'wxa/generate_urllink', { path: home })).toMatchObject({
      errcode: 44993,
    })
  })

  it('may be a scheme or a short link: wxa/generatescheme, wxa/queryscheme, wxa/genwxashortlink', async () => {
    const wechat = await openWechat()
    const { openlink } = await wechat.as('miniprogram', 'wxa/generatescheme', {
      jump_wxa: { path: home, query: 'a=1' },
    })
    expect(openlink).toMatch(/^weixin:\/\/dl\/business\/\?t=\w+$/)
    expect(await wechat.as('miniprogram', 'wxa/queryscheme', { scheme: openlink })).toMatchObject({
      scheme_info: { path: home, query: 'a=1' },
    })
    expect(await scan(wechat, openlink)).toMatchObject({ page: `${home}?a=1` })
    const short = await wechat.as('miniprogram', 'wxa/genwxashortlink', {
      page_url: `/${home}?a=1`,
      page_title: '首页',
    })
    expect(short.link).toMatch(/^#小程序:\/\/澜川服务\/首页\/\S{15}$/)
    expect(
      await wechat.as('miniprogram', 'wxa/genwxashortlink', { page_url: 'pages/nowhere' }),
    ).toMatchObject({ errcode: 40066 })
  })
})
