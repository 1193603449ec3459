import { describe, expect, it } from 'vitest'
import { openContacts } from '../../testing/open-contacts.ts'

const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'
const suzihao = 'wmLcT3AAAAr7Yd3oFm8Zw2uJkQn6CxEv'
const nobody = 'wmLcT3AAAAnobody000000000000000'
const { call, read, happen, refuse, state, letPass, post } = openContacts()

describe('contacts', () => {
  it('are listed by the members in range who have the function', async () => {
    expect(await read('externalcontact/get_follow_user_list')).toMatchObject({
      errcode: 0,
      follow_user: ['ZhouXiaolan', 'HanXue'],
    })
    await happen('contact.feature', { memberId: 'HanXue', enabled: false })
    expect(await read('externalcontact/get_follow_user_list')).toMatchObject({
      follow_user: ['ZhouXiaolan'],
    })
    expect(await read('externalcontact/list', { userid: 'HanXue' })).toMatchObject({
      errcode: 84074,
    })
    expect(await read('externalcontact/list', { userid: 'ZhouXiaolan' })).toMatchObject({
      errcode: 0,
      external_userid: expect.arrayContaining([linyue]),
    })
  })

  it('may be had by members with the function: check_follow_user', async () => {
    await happen('contact.feature', { memberId: 'HanXue', enabled: false })
    const check = (body: object) => call('externalcontact/check_follow_user', body)
    expect(await check({ userid: ['ZhouXiaolan', 'HanXue'], partyid: [2, 3] })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      authorized: { userid: ['ZhouXiaolan'], partyid: [2] },
      unauthorized: { userid: ['HanXue'], partyid: [3] },
    })
    expect(await check({ userid: ['HanXue'] })).toMatchObject({
      authorized: {},
      unauthorized: { userid: ['HanXue'] },
    })
    await refuse(40031, 'externalcontact/check_follow_user', { userid: ['ZhouXiaolan', 'Nobody'] })
    await refuse(60003, 'externalcontact/check_follow_user', { partyid: [2, 99] })
  })

  it('are refused for unknown people, people out of range and people without contacts', async () => {
    expect(await read('externalcontact/list')).toMatchObject({ errcode: 41009 })
    expect(await read('externalcontact/list', { userid: 'Nobody' })).toMatchObject({
      errcode: 60111,
    })
    expect(await read('externalcontact/list', { userid: 'LiWeidong' })).toMatchObject({
      errcode: 50002,
    })
    expect(await read('externalcontact/get')).toMatchObject({ errcode: 41035 })
    expect(await read('externalcontact/get', { external_userid: nobody })).toMatchObject({
      errcode: 40096,
    })
    await happen('contact.delete', { memberId: 'HanXue', customerId: 'suzihao' })
    // 李卫东 still has him, but the app does not see that.
    expect(await read('externalcontact/get', { external_userid: suzihao })).toMatchObject({
      errcode: 84061,
    })
    for (const customerId of ['linyue'])
      await happen('contact.delete', { memberId: 'HanXue', customerId })
    expect(await read('externalcontact/list', { userid: 'HanXue' })).toMatchObject({
      errcode: 84061,
    })
  })

  it('tell an own app the unionid, gender, tags, the way and who began it', async () => {
    const { external_contact: contact, follow_user: followers } = await read(
      'externalcontact/get',
      { external_userid: linyue },
    )
    expect(contact).toMatchObject({
      external_userid: linyue,
      type: 1,
      gender: 2,
      unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1',
    })
    expect(followers).toMatchObject([
      {
        userid: 'ZhouXiaolan',
        add_way: 1,
        state: '展会-2026华东工博会',
        oper_userid: linyue,
        tags: [{ type: 1 }, {}, {}],
      },
      { userid: 'HanXue', add_way: 202, oper_userid: 'sys' },
    ])
  })

  it('come in batches of several members, a page at a time', async () => {
    const first = await call('externalcontact/batch/get_by_user', {
      userid_list: ['ZhouXiaolan', 'HanXue'],
      limit: 3,
    })
    expect(first.external_contact_list).toHaveLength(3)
    expect(first.external_contact_list).toMatchObject([
      {
        external_contact: { external_userid: linyue },
        follow_info: {
          userid: 'ZhouXiaolan',
          tag_id: [{}, {}, {}].map(() => expect.stringMatching(/^et/)),
        },
      },
      {},
      {},
    ])
    const second = await call('externalcontact/batch/get_by_user', {
      userid_list: ['ZhouXiaolan', 'HanXue'],
      limit: 3,
      cursor: first.next_cursor,
    })
    expect(second.external_contact_list).toHaveLength(2)
    expect(second).toMatchObject({ errcode: 0, next_cursor: '' })
    await refuse(41009, 'externalcontact/batch/get_by_user', {})
    await refuse(40032, 'externalcontact/batch/get_by_user', {
      userid_list: Array.from({ length: 101 }, () => 'ZhouXiaolan'),
    })
    await refuse(40031, 'externalcontact/batch/get_by_user', {
      userid_list: ['ZhouXiaolan', 'LiWeidong'],
    })
    await refuse(40058, 'externalcontact/batch/get_by_user', {
      userid_list: ['ZhouXiaolan'],
      limit: 101,
    })
    await refuse(40058, 'externalcontact/batch/get_by_user', {
      userid_list: ['ZhouXiaolan'],
      cursor: 'invented',
    })
  })

  it('need a permission that the admin can take away', async () => {
    await happen('install.change', { permissions: ['externalcontact:contact:tag'] })
    expect(await read('externalcontact/list', { userid: 'ZhouXiaolan' })).toMatchObject({
      errcode: 48002,
    })
    await refuse(48002, 'externalcontact/remark', {
      userid: 'ZhouXiaolan',
      external_userid: linyue,
      remark: 'x',
    })
  })
})

describe('to an app of a provider', () => {
  const provided = async () => {
    await post('/_sandbox/reset', { scene: 'customized-app' })
    const { follow_user: members } = await read('externalcontact/get_follow_user_list')
    const [zhou = '', han = ''] = members as string[]
    const list = async (userid: string) =>
      (await read('externalcontact/list', { userid })) as { external_userid: string[] }
    return { zhou, han, list }
  }

  it('contacts have no picture, no gender and no noted phones, as since 2025-12-18', async () => {
    const own = await read('externalcontact/get', { external_userid: linyue })
    expect(own).toMatchObject({
      external_contact: { avatar: expect.any(String), gender: 2, unionid: expect.any(String) },
      follow_user: [{ remark_mobiles: [expect.any(String)] }, { remark_mobiles: [] }],
    })
    const { zhou, list } = await provided()
    const ids = (await list(zhou)).external_userid
    const asked = ids.map((external_userid) => read('externalcontact/get', { external_userid }))
    const batch = await call('externalcontact/batch/get_by_user', { userid_list: [zhou] })
    type Told = { external_contact: object; follow_user?: object[]; follow_info?: object }
    const told = [
      ...((await Promise.all(asked)) as unknown as Told[]),
      ...(batch.external_contact_list as Told[]),
    ]
    expect(told.length).toBeGreaterThan(3)
    for (const { external_contact: contact, follow_user, follow_info } of told) {
      expect(contact).toMatchObject({ gender: 0 })
      expect(contact).not.toHaveProperty('avatar')
      expect(contact).not.toHaveProperty('unionid')
      for (const follow of [...(follow_user ?? []), ...(follow_info ? [follow_info] : [])])
        expect(follow).not.toHaveProperty('remark_mobiles')
    }
  })

  it('on trial are those of the month before the authorization and since', async () => {
    const { zhou, list } = await provided()
    // The app was authorized 60 days ago. 林悦 came 86 days ago, 陈国栋 19, 何静 203.
    const names = async (userids: string[]) => {
      const { external_contact_list: told } = await call('externalcontact/batch/get_by_user', {
        userid_list: userids,
      })
      return (told as { external_contact: { name: string } }[]).map(
        ({ external_contact: { name } }) => name,
      )
    }
    expect(await names([zhou])).toEqual(['林悦', '陈国栋'])
    expect((await list(zhou)).external_userid).toHaveLength(2)
    await happen('contact.add', { memberId: 'ZhouXiaolan', customerId: 'zhaoyiming' })
    expect(await names([zhou])).toEqual(['林悦', '陈国栋', '赵一鸣'])
    const all = (await state()).customers.filter(({ follows }) =>
      follows.some(({ memberId }) => memberId === 'ZhouXiaolan'),
    )
    expect(all).toHaveLength(4)
  })

  it('without a trial are all of those whose members have an account', async () => {
    await post('/_sandbox/reset', { scene: 'lapsed-licence' })
    const { follow_user: members } = await read('externalcontact/get_follow_user_list')
    const userid = (members as string[])[0] ?? ''
    expect(await read('externalcontact/list', { userid })).toMatchObject({
      external_userid: { length: 3 },
    })
  })
})

describe('a remark', () => {
  const pair = { userid: 'ZhouXiaolan', external_userid: linyue }
  const follow = async () =>
    (
      (await read('externalcontact/get', { external_userid: linyue })).follow_user as Record<
        string,
        unknown
      >[]
    )[0]

  it('changes what is given and leaves the rest', async () => {
    expect(
      await call('externalcontact/remark', {
        ...pair,
        remark: '林工',
        remark_company: '恒进',
        remark_mobiles: ['13900000001'],
      }),
    ).toMatchObject({
      errcode: 0,
    })
    expect(await follow()).toMatchObject({
      remark: '林工',
      remark_corp_name: '恒进',
      remark_mobiles: ['13900000001'],
    })
    expect((await follow())?.description).toContain('LC-75')
    expect(
      await call('externalcontact/remark', { ...pair, description: '', remark_mobiles: [''] }),
    ).toEqual({ errcode: 0, errmsg: 'ok' })
    expect(await follow()).toMatchObject({ remark: '林工', description: '', remark_mobiles: [] })
    expect((await state()).customers[0]?.follows[0]).toMatchObject({ remark: '林工', phones: [] })
  })

  it('is refused when it is empty, too long, or of strangers', async () => {
    await refuse(40063, 'externalcontact/remark', pair)
    await refuse(40058, 'externalcontact/remark', { ...pair, remark: '很'.repeat(21) })
    await refuse(40058, 'externalcontact/remark', {
      ...pair,
      remark: '新',
      description: '长'.repeat(151),
    })
    await refuse(40058, 'externalcontact/remark', { ...pair, remark_company: '司'.repeat(21) })
    await refuse(41009, 'externalcontact/remark', { external_userid: linyue, remark: 'x' })
    await refuse(60111, 'externalcontact/remark', { ...pair, userid: 'Nobody', remark: 'x' })
    await refuse(60011, 'externalcontact/remark', { ...pair, userid: 'LiWeidong', remark: 'x' })
    await refuse(41035, 'externalcontact/remark', { userid: 'ZhouXiaolan', remark: 'x' })
    await refuse(40096, 'externalcontact/remark', { ...pair, external_userid: nobody, remark: 'x' })
    await refuse(84061, 'externalcontact/remark', {
      ...pair,
      external_userid: suzihao,
      remark: 'x',
    })
  })

  it('of the wrong type is taken as far as it goes, with a warning', async () => {
    expect(await call('externalcontact/remark', { ...pair, remark: 42 })).toMatchObject({
      errcode: 0,
      errmsg: 'ok. Warning: wrong json format. ',
    })
    expect(await follow()).toMatchObject({ remark: '42' })
  })
})

it('a contact added later is dated by the platforms’ clock', async () => {
  await letPass(3600)
  const before = Date.parse((await state()).clock.now) / 1000
  await happen('contact.add', { memberId: 'HanXue', customerId: 'chenguodong' })
  const { follow_user: followers } = await read('externalcontact/get', {
    external_userid: 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo',
  })
  const added =
    (followers as { userid: string; createtime: number }[]).find(
      ({ userid }) => userid === 'HanXue',
    )?.createtime ?? 0
  expect(added).toBeGreaterThanOrEqual(Math.floor(before))
})
