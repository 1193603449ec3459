import { describe, expect, it } from 'vitest'
import { openWechat, openids } from '../../testing/open-wechat.ts'

const { linyue, chenguodong, hejing } = openids
const ok = { errcode: 0, errmsg: 'ok' }

describe('followers', () => {
  it('have a unionid while they follow, nothing but their openid when they do not: cgi-bin/user/info', async () => {
    const { as, post } = await openWechat()
    const fan = (openid: string) =>
      as('service', 'cgi-bin/user/info', undefined, { openid, lang: 'zh_CN' })
    const found = await fan(linyue.service)
    expect(found).toMatchObject({
      subscribe: 1,
      unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1',
      tagid_list: [],
      qr_scene_str: '',
    })
    expect(found).not.toHaveProperty('nickname')
    expect(await fan(chenguodong.service)).toEqual({ subscribe: 0, openid: chenguodong.service })
    await post('/_sandbox/subscriptions', { customerId: 'chenguodong', subscribed: true })
    expect(await fan(chenguodong.service)).toMatchObject({
      subscribe: 1,
      unionid: 'oLcUn6f1ZrGm7Tc4WpK9bQx2HvD5',
    })
    expect(await fan('nobody')).toMatchObject({ errcode: 40003 })
    expect(await fan(linyue.miniprogram)).toMatchObject({ errcode: 49003 })
    expect(await as('service', 'cgi-bin/user/info')).toMatchObject({ errcode: 41009 })
  })

  it('are listed after the last openid of the page before: cgi-bin/user/get', async () => {
    const { as } = await openWechat()
    const list = (next_openid = '') => as('service', 'cgi-bin/user/get', undefined, { next_openid })
    const both = [linyue.service, hejing.service]
    expect(await list()).toEqual({
      total: 2,
      count: 2,
      data: { openid: both },
      next_openid: hejing.service,
    })
    expect(await list(linyue.service)).toMatchObject({
      total: 2,
      count: 1,
      data: { openid: [hejing.service] },
    })
    expect(await list(hejing.service)).toEqual({ total: 2, count: 0, next_openid: '' })
    expect(await list('nobody')).toMatchObject({ errcode: 40003 })
  })

  it('are told in numbers up to 100 and get a remark: cgi-bin/user/info/batchget, cgi-bin/user/info/updateremark', async () => {
    const { as } = await openWechat()
    const read = (openidList: string[]) =>
      as('service', 'cgi-bin/user/info/batchget', {
        user_list: openidList.map((openid) => ({ openid, lang: 'zh_CN' })),
      })
    const remark = (openid: string, text: string) =>
      as('service', 'cgi-bin/user/info/updateremark', { openid, remark: text })
    expect(await remark(linyue.service, '恒进 林工')).toEqual(ok)
    expect(await remark(linyue.service, '一'.repeat(10))).toMatchObject({ errcode: 40035 })
    expect(await remark(chenguodong.service, 'x')).toMatchObject({ errcode: 43004 })
    expect(await read([linyue.service, chenguodong.service])).toMatchObject({
      user_info_list: [
        { subscribe: 1, remark: '恒进 林工' },
        { subscribe: 0, openid: chenguodong.service },
      ],
    })
    expect(await read(Array.from({ length: 101 }, () => linyue.service))).toMatchObject({
      errcode: 40032,
    })
    expect(await read([])).toMatchObject({ errcode: 40032 })
  })
})

describe('tags', () => {
  it('are made, renamed, counted and deleted: cgi-bin/tags/create, get, update, delete', async () => {
    const { as } = await openWechat()
    const create = (name: string) => as('service', 'cgi-bin/tags/create', { tag: { name } })
    const { tag } = (await create('重点')) as { tag: { id: number; name: string } }
    expect(tag).toEqual({ id: expect.any(Number), name: '重点' })
    expect(await create('重点')).toMatchObject({ errcode: 45157 })
    expect(await create('')).toMatchObject({ errcode: 45157 })
    expect(await create('长'.repeat(11))).toMatchObject({ errcode: 45158 })
    expect(
      await as('service', 'cgi-bin/tags/update', { tag: { id: tag.id, name: '重点客户' } }),
    ).toEqual(ok)
    expect(await as('service', 'cgi-bin/tags/update', { tag: { id: 2, name: 'x' } })).toMatchObject(
      { errcode: 45058 },
    )
    expect(await as('service', 'cgi-bin/tags/get')).toEqual({
      tags: [
        { id: 2, name: '星标组', count: 0 },
        { id: tag.id, name: '重点客户', count: 0 },
      ],
    })
    expect(await as('service', 'cgi-bin/tags/delete', { tag: { id: 999 } })).toMatchObject({
      errcode: 45159,
    })
    expect(await as('service', 'cgi-bin/tags/delete', { tag: { id: tag.id } })).toEqual(ok)
    for (let made = 0; made < 100; made += 1) expect(await create(`t${made}`)).toHaveProperty('tag')
    expect(await create('one more')).toMatchObject({ errcode: 45056 })
  })

  it('are put on up to 50 followers and up to 20 on each: cgi-bin/tags/members/batchtagging, cgi-bin/tags/members/batchuntagging', async () => {
    const { as } = await openWechat()
    const make = async (name: string) =>
      ((await as('service', 'cgi-bin/tags/create', { tag: { name } })) as { tag: { id: number } })
        .tag.id
    const change = (verb: string, tagid: number, openid_list: string[]) =>
      as('service', `cgi-bin/tags/members/${verb}`, { tagid, openid_list })
    const id = await make('新')
    expect(await change('batchtagging', id, [linyue.service, hejing.service])).toEqual(ok)
    expect(await as('service', 'cgi-bin/user/tag/get', { tagid: id })).toEqual({
      count: 2,
      data: { openid: [linyue.service, hejing.service] },
      next_openid: hejing.service,
    })
    expect(await change('batchuntagging', id, [hejing.service])).toEqual(ok)
    expect(await as('service', 'cgi-bin/tags/getidlist', { openid: linyue.service })).toEqual({
      tagid_list: [id],
    })
    expect(await change('batchtagging', 999, [linyue.service])).toMatchObject({ errcode: 45159 })
    expect(await change('batchtagging', id, [])).toMatchObject({ errcode: 40032 })
    expect(await change('batchtagging', id, Array(51).fill(linyue.service))).toMatchObject({
      errcode: 40032,
    })
    expect(await change('batchtagging', id, [linyue.service, 'nobody'])).toMatchObject({
      errcode: 40003,
    })
    for (let done = 1; done < 20; done += 1)
      expect(await change('batchtagging', await make(`n${done}`), [linyue.service])).toEqual(ok)
    const last = await make('21')
    expect(await change('batchtagging', last, [hejing.service, linyue.service])).toMatchObject({
      errcode: 45059,
    })
    expect(await as('service', 'cgi-bin/tags/getidlist', { openid: hejing.service })).toEqual({
      tagid_list: [],
    })
  })
})

it('the blacklist: cgi-bin/tags/members/batchblacklist, cgi-bin/tags/members/batchunblacklist, getblacklist', async () => {
  const { as, happen, pushes } = await openWechat()
  const change = (verb: string, openid_list: string[]) =>
    as('service', `cgi-bin/tags/members/${verb}`, { openid_list })
  expect(await change('batchblacklist', [linyue.service])).toEqual(ok)
  expect(await as('service', 'cgi-bin/tags/members/getblacklist', { begin_openid: '' })).toEqual({
    total: 1,
    count: 1,
    data: { openid: [linyue.service] },
    next_openid: linyue.service,
  })
  const say = () =>
    happen('official.message', { customerId: 'linyue', card: { kind: 'text', text: '在吗' } })
  await say()
  expect(await pushes('service')).toEqual([])
  expect(await change('batchunblacklist', [linyue.service])).toEqual(ok)
  await say()
  expect(await pushes('service')).toHaveLength(1)
  expect(await change('batchblacklist', Array(21).fill(linyue.service))).toMatchObject({
    errcode: 40032,
  })
})
