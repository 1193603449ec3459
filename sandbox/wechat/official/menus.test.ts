import { describe, expect, it } from 'vitest'
import { appids, field, openWechat, openids, shapeOf } from '../../testing/open-wechat.ts'

const button = { type: 'click', name: '案例', key: 'CASE' }
const ok = { errcode: 0, errmsg: 'ok' }

describe('a menu', () => {
  it('is there from the start, can be replaced and taken away: cgi-bin/menu/create, cgi-bin/menu/get, cgi-bin/menu/delete', async () => {
    const { as, state, webviewOrigin } = await openWechat()
    expect(await as('service', 'cgi-bin/menu/get')).toMatchObject({
      menu: {
        button: [
          {
            name: '产品方案',
            sub_button: [{ type: 'view', url: `${webviewOrigin}/h5/#/pages/home/index` }, {}],
          },
          {},
          {},
        ],
      },
    })
    const shown = async () =>
      (await state()).officialAccounts.find(({ appid }) => appid === appids.service)?.menu
    expect((await shown())?.[1]?.children[2]).toMatchObject({
      path: '1.2',
      name: '扫码报修',
      type: 'scancode_waitmsg',
    })
    expect(await as('service', 'cgi-bin/menu/create', { button: [button] })).toEqual(ok)
    expect(await shown()).toMatchObject([{ path: '0', name: '案例', type: 'click', children: [] }])
    expect(await as('service', 'cgi-bin/menu/get')).toEqual({
      menu: { button: [{ ...button, sub_button: [] }], menuid: expect.any(Number) },
    })
    expect(await as('service', 'cgi-bin/get_current_selfmenu_info')).toEqual({
      is_menu_open: 1,
      selfmenu_info: { button: [button] },
    })
    expect(await as('service', 'cgi-bin/menu/delete')).toEqual(ok)
    expect(await as('service', 'cgi-bin/menu/get')).toMatchObject({ errcode: 46003 })
    expect(await as('service', 'cgi-bin/get_current_selfmenu_info')).toMatchObject({
      is_menu_open: 0,
    })
  })

  it('with a mistake is refused, each in its words, and stays as it was', async () => {
    const { as } = await openWechat()
    const mistakes: [number, unknown][] = [
      [40016, []],
      [40016, Array(4).fill(button)],
      [40017, [{ name: 'x' }]],
      [40017, [{ type: 'sing', name: 'x' }]],
      [40018, [{ ...button, name: '六个字的菜单名' }]],
      [40018, [{ ...button, name: '' }]],
      [40019, [{ ...button, key: 'k'.repeat(129) }]],
      [40020, [{ type: 'view', name: 'x', url: 'not an address' }]],
      [40023, [{ name: 'x', sub_button: Array(6).fill(button) }]],
      [40024, [{ name: 'x', sub_button: [{ type: 'sing', name: 'x' }] }]],
      [40025, [{ name: 'x', sub_button: [{ ...button, name: '长'.repeat(21) }] }]],
      [40026, [{ name: 'x', sub_button: [{ ...button, key: '' }] }]],
      [
        40027,
        [
          {
            name: 'x',
            sub_button: [{ type: 'view', name: 'x', url: `http://e.com/${'x'.repeat(1020)}` }],
          },
        ],
      ],
      [40022, [{ name: 'x', sub_button: [{ name: 'y', sub_button: [button] }] }]],
      [
        45064,
        [{ type: 'miniprogram', name: 'x', url: 'http://e.com', appid: 'wx0', pagepath: 'p' }],
      ],
    ]
    const before = await as('service', 'cgi-bin/menu/get')
    for (const [errcode, wrong] of mistakes) {
      expect(
        await as('service', 'cgi-bin/menu/create', { button: wrong }),
        JSON.stringify(wrong),
      ).toMatchObject({ errcode })
    }
    expect(await as('service', 'cgi-bin/menu/get')).toEqual(before)
  })

  it('can be another for some: cgi-bin/menu/addconditional, cgi-bin/menu/trymatch, cgi-bin/menu/delconditional', async () => {
    const { as } = await openWechat()
    const { tag } = (await as('service', 'cgi-bin/tags/create', { tag: { name: 'VIP' } })) as {
      tag: { id: number }
    }
    await as('service', 'cgi-bin/tags/members/batchtagging', {
      tagid: tag.id,
      openid_list: [openids.linyue.service],
    })
    const add = (matchrule: unknown) =>
      as('service', 'cgi-bin/menu/addconditional', { button: [button], matchrule })
    expect(await add({})).toMatchObject({ errcode: 65304 })
    const { menuid } = await add({ tag_id: String(tag.id) })
    const match = async (user_id: string) =>
      (await as('service', 'cgi-bin/menu/trymatch', { user_id })).button
    expect(await match(openids.linyue.service)).toEqual([{ ...button, sub_button: [] }])
    expect(await match(openids.hejing.service)).toHaveLength(3)
    expect(await as('service', 'cgi-bin/menu/trymatch', { user_id: 'nobody' })).toMatchObject({
      errcode: 65302,
    })
    expect(await as('service', 'cgi-bin/menu/delconditional', { menuid: '1' })).toMatchObject({
      errcode: 65301,
    })
    expect(await as('service', 'cgi-bin/menu/delconditional', { menuid })).toEqual(ok)
    expect(await match(openids.linyue.service)).toHaveLength(3)
    await as('service', 'cgi-bin/menu/delete')
    expect(await add({ tag_id: '2' })).toMatchObject({ errcode: 65303 })
  })
})

describe('a tap', () => {
  const head =
    '<xml><ToUserName>[]</ToUserName><FromUserName>[]</FromUserName><CreateTime>0</CreateTime><MsgType>[]</MsgType><Event>[]</Event>'

  it('says what the phone opens, and is pushed: CLICK, VIEW, view_miniprogram', async () => {
    const { chat, happen, pushes, webviewOrigin } = await openWechat()
    const tap = (path: string) => happen('official.menu', { customerId: 'linyue', path })
    expect(await tap('0.1')).toEqual({
      kind: 'conversation',
      conversationId: (await chat(appids.service, 'linyue'))?.id,
    })
    expect(await tap('0.0')).toEqual({ kind: 'url', url: `${webviewOrigin}/h5/#/pages/home/index` })
    expect(await tap('2.0')).toEqual({
      kind: 'miniprogram',
      appid: appids.miniprogram,
      page: 'pages/home/index',
    })
    const sent = await pushes('service')
    expect(sent.map((one) => [field(one, 'Event'), field(one, 'EventKey')])).toEqual([
      ['CLICK', 'CASE_ENERGY'],
      ['VIEW', `${webviewOrigin}/h5/#/pages/home/index`],
      ['view_miniprogram', 'pages/home/index'],
    ])
    expect(sent.map(shapeOf)).toEqual([
      `${head}<EventKey>[]</EventKey></xml>`,
      `${head}<EventKey>[]</EventKey></xml>`,
      `${head}<EventKey>[]</EventKey><MenuId>0</MenuId></xml>`,
    ])
    expect([field(sent[0], 'ToUserName'), field(sent[0], 'FromUserName')]).toEqual([
      'gh_9b27e4d015c6',
      openids.linyue.service,
    ])
  })

  it('on a button that asks for something carries it: scancode_waitmsg, scancode_push, pic_sysphoto, pic_photo_or_album, pic_weixin, location_select', async () => {
    const { as, happen, knock, pushes } = await openWechat()
    const key = 'K'
    await as('service', 'cgi-bin/menu/create', {
      button: [
        {
          name: '扫',
          sub_button: ['scancode_waitmsg', 'scancode_push'].map((type) => ({
            type,
            name: type,
            key,
          })),
        },
        {
          name: '图',
          sub_button: ['pic_sysphoto', 'pic_photo_or_album', 'pic_weixin'].map((type) => ({
            type,
            name: type,
            key,
          })),
        },
        { type: 'location_select', name: '位置', key },
      ],
    })
    const tap = (path: string, more = {}) =>
      happen('official.menu', { customerId: 'linyue', path, ...more })
    await tap('0.0', { scanned: 'LC-75#0017' })
    expect(await tap('0.1', { scanned: 'http://example.com/17' })).toEqual({
      kind: 'url',
      url: 'http://example.com/17',
    })
    for (const path of ['1.0', '1.1', '1.2']) await tap(path, { pictures: 2 })
    await tap('2', {
      place: { latitude: 31.3, longitude: 120.7, label: '工业园区', name: '恒进精密' },
    })
    const sent = await pushes('service')
    expect(sent.map((one) => field(one, 'Event'))).toEqual([
      'scancode_waitmsg',
      'scancode_push',
      'pic_sysphoto',
      'pic_photo_or_album',
      'pic_weixin',
      'location_select',
    ])
    expect(shapeOf(sent[1] ?? '')).toBe(
      `${head}<EventKey>[]</EventKey><ScanCodeInfo><ScanType>[]</ScanType><ScanResult>[]</ScanResult></ScanCodeInfo></xml>`,
    )
    expect(sent[2]).toContain('<SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>')
    expect(sent[5]).toContain('<Poiname><![CDATA[恒进精密]]></Poiname>')
    expect(
      await knock('POST', '/_sandbox/happenings/official.menu', {
        customerId: 'linyue',
        path: '0.0',
      }),
    ).toMatchObject({ status: 400 })
    expect(
      await knock('POST', '/_sandbox/happenings/official.menu', {
        customerId: 'linyue',
        path: '0',
      }),
    ).toMatchObject({ status: 400 })
  })
})
