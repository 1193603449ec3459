import { describe, expect, it } from 'vitest'
import { openContacts } from '../../testing/open-contacts.ts'

const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'
const important = 'etLcT3AAAAd7Qm1sXv0Yk5bRzN2eWgHa'
const levels = 'etLcT3AAAAk1f0c8wGmR2xVqPz9sHbNd'
const { call, read, happen, refuse, refused, pushes, state } = openContacts()

interface Group {
  group_id: string
  group_name: string
  order: number
  deleted: boolean
  tag: { id: string; name: string; order: number; deleted: boolean }[]
}
const list = async (body: unknown = {}) =>
  (await call('externalcontact/get_corp_tag_list', body)).tag_group as Group[]
const add = async (body: unknown) =>
  (await call('externalcontact/add_corp_tag', body)).tag_group as Group

describe('corp tags', () => {
  it('are listed by group, by id, or all; unknown ids are refused', async () => {
    expect((await list()).map(({ group_name: name }) => name)).toEqual([
      '客户级别',
      '采购阶段',
      '在用机型',
    ])
    expect(await list({ tag_id: [important] })).toMatchObject([
      { group_name: '客户级别', tag: [{ name: '重点客户' }] },
    ])
    expect((await list({ group_id: [levels], tag_id: ['ignored'] }))[0]?.tag).toHaveLength(2)
    await refuse(40068, 'externalcontact/get_corp_tag_list', { tag_id: ['etNone'] })
  })

  it('are added to a new group, to one of that name, and to one of that id', async () => {
    const { group_id: id, tag } = await add({
      group_name: '来源',
      order: 7,
      tag: [
        { name: '展会', order: 1 },
        { name: '官网', order: 2 },
      ],
    })
    expect(tag).toMatchObject([
      { name: '展会', order: 1 },
      { name: '官网', order: 2 },
    ])
    expect((await add({ group_name: '来源', tag: [{ name: '转介绍' }] })).group_id).toBe(id)
    expect((await add({ group_id: id, tag: [{ name: '直播' }] })).tag).toMatchObject([
      { name: '直播' },
    ])
    const [group] = await list({ group_id: [id] })
    // The larger the order, the further to the front.
    expect(group?.tag.map(({ name }) => name).slice(0, 2)).toEqual(['官网', '展会'])
    expect((await list())[0]?.group_name).toBe('来源')
  })

  it('keep the order that is stored, whatever else comes into the library or goes', async () => {
    const orders = (tags: { id: string; order: number }[]) =>
      Object.fromEntries(tags.map(({ id, order }) => [id, order]))
    const whole = await list()
    const before = orders(whole.flatMap(({ tag }) => tag))
    // A part of the library has the numbers of the whole one.
    for (const { tag } of whole)
      for (const { id, order } of tag)
        expect((await list({ tag_id: [id] }))[0]?.tag).toMatchObject([{ id, order }])
    const { group_id: groupId } = await add({ group_name: '采购阶段', tag: [{ name: '比价' }] })
    await add({ group_name: '来源', order: 9, tag: [{ name: '展会' }] })
    await happen('tag.delete', { id: whole[1]?.tag[1]?.id })
    const [added] = (await list({ group_id: [groupId] })).flatMap(({ tag }) =>
      tag.filter(({ name }) => name === '比价'),
    )
    expect(added).toMatchObject({ order: 0 })
    const { [whole[1]?.tag[1]?.id ?? '']: _gone, ...rest } = before
    expect(orders((await list()).flatMap(({ tag }) => tag))).toMatchObject(rest)
    expect((await list()).map(({ group_name: name, order }) => [name, order])).toEqual([
      ['来源', 9],
      ...whole.map(({ group_name: name, order }) => [name, order]),
    ])
  })

  it('are refused without a name, twice, too long, too many or into a group that is not there', async () => {
    await refuse(41018, 'externalcontact/add_corp_tag', { group_name: '来源' })
    await refuse(41018, 'externalcontact/add_corp_tag', { group_name: '来源', tag: [{ name: '' }] })
    await refuse(40072, 'externalcontact/add_corp_tag', {
      group_name: '来源',
      tag: [{ name: '长'.repeat(31) }],
    })
    await refuse(40072, 'externalcontact/add_corp_tag', {
      group_name: '长'.repeat(31),
      tag: [{ name: 'x' }],
    })
    await refuse(40071, 'externalcontact/add_corp_tag', {
      group_name: '客户级别',
      tag: [{ name: '重点客户' }],
    })
    await refuse(40071, 'externalcontact/add_corp_tag', {
      group_name: '来源',
      tag: [{ name: '展会' }, { name: '展会' }],
    })
    await refuse(40068, 'externalcontact/add_corp_tag', {
      group_id: 'etNone',
      tag: [{ name: 'x' }],
    })
    await refuse(40058, 'externalcontact/add_corp_tag', { tag: [{ name: 'x' }] })
    await refuse(40058, 'externalcontact/add_corp_tag', {
      group_name: '来源',
      tag: [{ name: 'x', order: 2 ** 32 }],
    })
    await refuse(40126, 'externalcontact/add_corp_tag', {
      group_name: '很多',
      tag: Array.from({ length: 10_000 }, (_, index) => ({ name: `标签${index}` })),
    })
  })

  it('are edited and deleted by the app that made them only', async () => {
    const { group_id: groupId, tag } = await add({
      group_name: '来源',
      tag: [{ name: '展会' }, { name: '官网' }],
    })
    const [first, second] = tag
    expect(
      await call('externalcontact/edit_corp_tag', { id: first?.id, name: '老朋友', order: 5 }),
    ).toEqual({ errcode: 0, errmsg: 'ok' })
    expect((await list({ tag_id: [first?.id] }))[0]?.tag).toMatchObject([
      { name: '老朋友', order: 5 },
    ])
    await refuse(41017, 'externalcontact/edit_corp_tag', { name: 'x' })
    await refuse(40068, 'externalcontact/edit_corp_tag', { id: 'etNone', name: 'x' })
    await refuse(40071, 'externalcontact/edit_corp_tag', { id: first?.id, name: '官网' })
    await refuse(40071, 'externalcontact/edit_corp_tag', { id: groupId, name: '客户级别' })
    await refuse(60011, 'externalcontact/edit_corp_tag', { id: important, name: 'x' })
    await refuse(41017, 'externalcontact/del_corp_tag', {})
    await refuse(40068, 'externalcontact/del_corp_tag', { tag_id: [first?.id, 'etNone'] })
    await refuse(60011, 'externalcontact/del_corp_tag', { tag_id: [first?.id, important] })
    await call('externalcontact/mark_tag', {
      userid: 'ZhouXiaolan',
      external_userid: linyue,
      add_tag: [first?.id],
    })
    expect(await call('externalcontact/del_corp_tag', { tag_id: [first?.id] })).toMatchObject({
      errcode: 0,
    })
    // Nobody has it any more, but whoever asks by its id still hears of it.
    expect(JSON.stringify((await state()).customers)).not.toContain('老朋友')
    expect((await list({ tag_id: [first?.id] }))[0]?.tag).toMatchObject([
      { name: '老朋友', deleted: true },
    ])
    await call('externalcontact/del_corp_tag', { tag_id: [second?.id] })
    expect((await list()).map(({ group_name: name }) => name)).not.toContain('来源')
    expect(await list({ group_id: [groupId] })).toMatchObject([{ deleted: true }])
  })

  it('made through the API are not pushed, made by an admin they are', async () => {
    await add({ group_name: '来源', tag: [{ name: '展会' }] })
    expect(await pushes()).toEqual([])
    const { groupId, tagId } = await happen('tag.create', { group: '行业', name: '食品' })
    const head = (await pushes())[0]?.replace(/<Id>.*/, '') ?? ''
    expect(head).toContain('<Event><![CDATA[change_external_tag]]></Event>')
    const body = (id: unknown, type: string, change: string) =>
      `<Id><![CDATA[${String(id)}]]></Id><TagType><![CDATA[${type}]]></TagType><ChangeType><![CDATA[${change}]]></ChangeType></xml>`
    const bodies = async () => (await pushes()).map((one) => one.slice(one.indexOf('<Id>')))
    expect(await bodies()).toEqual([
      body(groupId, 'tag_group', 'create'),
      body(tagId, 'tag', 'create'),
    ])
    await happen('tag.update', { id: tagId, name: '食品饮料' })
    await happen('tag.delete', { id: groupId })
    expect((await bodies()).slice(2)).toEqual([
      body(tagId, 'tag', 'update'),
      body(groupId, 'tag_group', 'delete'),
    ])
    const order = (await list({ group_id: [levels] }))[0]?.tag.map(({ id }) => id).toReversed()
    await happen('tag.shuffle', { groupId: levels, tagIds: order })
    expect((await bodies()).at(-1)).toBe(
      `<Id><![CDATA[${levels}]]></Id><ChangeType><![CDATA[shuffle]]></ChangeType></xml>`,
    )
    expect((await list({ group_id: [levels] }))[0]?.tag.map(({ id }) => id)).toEqual(order)
    expect(await refused('tag.shuffle', { groupId: levels, tagIds: [important] })).toContain(
      'every tag',
    )
    expect(await refused('tag.create', { group: '客户级别', name: '重点客户' })).toContain(
      'already',
    )
  })
})

describe('mark_tag', () => {
  const pair = { userid: 'HanXue', external_userid: linyue }

  it('puts tags on a contact of a member and takes them off', async () => {
    expect(
      await call('externalcontact/mark_tag', {
        ...pair,
        add_tag: [important],
        remove_tag: ['etLcT3AAAAe1Vn7pIz4Ma8wOxF0sLcTk'],
      }),
    ).toMatchObject({
      errcode: 0,
    })
    const { follow_user: followers } = await read('externalcontact/get', {
      external_userid: linyue,
    })
    expect(followers).toMatchObject([
      { tags: [{}, {}, {}] },
      { userid: 'HanXue', tags: [{ tag_id: important, group_name: '客户级别' }] },
    ])
  })

  it('is refused without tags, with unknown ones, and for strangers', async () => {
    await refuse(41017, 'externalcontact/mark_tag', pair)
    await refuse(40068, 'externalcontact/mark_tag', { ...pair, add_tag: [important, 'etNone'] })
    await refuse(84061, 'externalcontact/mark_tag', {
      userid: 'HanXue',
      external_userid: 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo',
      add_tag: [important],
    })
  })

  it('keeps to 3,000 tags for a pair', async () => {
    const names = (from: number) =>
      Array.from({ length: 1500 }, (_, index) => ({ name: `标签${from + index}` }))
    const many = [
      ...(await add({ group_name: '一', tag: names(0) })).tag,
      ...(await add({ group_name: '二', tag: names(1500) })).tag,
    ]
    const ids = many.map(({ id }) => id)
    expect(
      await call('externalcontact/mark_tag', { ...pair, add_tag: ids.slice(0, 2999) }),
    ).toMatchObject({ errcode: 0 })
    await refuse(40058, 'externalcontact/mark_tag', { ...pair, add_tag: ids })
  })
})
