import { describe, expect, it } from 'vitest'
import { openContacts } from '../../testing/open-contacts.ts'
import { readCode } from '../../testing/read-code.ts'

const { call, happen, refuse, pushes, state, post, get, letPass } = openContacts()

const wish = { type: 1, scene: 2, user: ['ZhouXiaolan'], remark: '展台', state: '工博会' }
const add = async (more: object = {}) => {
  const reply = await call('externalcontact/add_contact_way', { ...wish, ...more })
  expect(reply.errcode).toBe(0)
  return { id: String(reply.config_id), code: String(reply.qr_code) }
}
const textOf = async (id: string) => (await state()).shownCodes.find((one) => one.id === id)?.text
const scan = async (customerId: string, text: string | undefined) =>
  post('/_sandbox/scans', { device: 'wechat', userId: customerId, text })
const followsOf = async (id: string) =>
  (await state()).customers.find((one) => one.id === id)?.follows ?? []

describe('a contact way', () => {
  it('has a picture that a scanner reads, and stands among the codes of the desk', async () => {
    const { id, code } = await add()
    const picture = await fetch(code)
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(await readCode(Buffer.from(await picture.arrayBuffer()))).toBe(await textOf(id))
    expect((await state()).shownCodes[0]).toMatchObject({
      id,
      title: '联系我：展台',
      imageUrl: code,
    })
  })

  it('makes whoever scans it a contact of the member, with its state', async () => {
    const { id } = await add()
    const text = await textOf(id)
    const outcome = await scan('zhaoyiming', text)
    expect(outcome.kind).toBe('conversation')
    expect(await followsOf('zhaoyiming')).toMatchObject([
      { memberId: 'ZhouXiaolan', addWay: 1, state: '工博会' },
    ])
    expect((await pushes()).at(-1)).toContain('add_external_contact')
    // A second scan only opens the chat.
    const before = (await pushes()).length
    expect(await scan('zhaoyiming', text)).toEqual(outcome)
    expect(await pushes()).toHaveLength(before)
  })

  it('with verification waits for the member, and is told when they accept', async () => {
    const { id } = await add({ skip_verify: false })
    await scan('zhaoyiming', await textOf(id))
    expect(await followsOf('zhaoyiming')).toEqual([])
    expect(await pushes()).toEqual([])
    await happen('contact.accept', { memberId: 'ZhouXiaolan', customerId: 'zhaoyiming' })
    expect(await followsOf('zhaoyiming')).toMatchObject([{ state: '工博会' }])
    expect((await pushes()).at(-1)).toContain('<State><![CDATA[工博会]]></State>')
  })

  it('of several members takes them in turn; an exclusive one leads back to the member one has', async () => {
    const { id } = await add({ type: 2, user: ['ZhouXiaolan', 'HanXue'] })
    const text = await textOf(id)
    await scan('zhaoyiming', text)
    await scan('hejing', text)
    expect((await followsOf('zhaoyiming')).map(({ memberId }) => memberId)).toEqual(['ZhouXiaolan'])
    expect((await followsOf('hejing')).map(({ memberId }) => memberId)).toEqual([
      'ZhouXiaolan',
      'HanXue',
    ])
    const exclusive = await add({ type: 2, user: ['HanXue', 'ZhouXiaolan'], is_exclusive: true })
    await scan('chenguodong', await textOf(exclusive.id))
    expect((await followsOf('chenguodong')).map(({ memberId }) => memberId)).toEqual([
      'ZhouXiaolan',
    ])
  })

  it('is read, listed, changed and deleted by its config_id', async () => {
    const { id, code } = await add()
    expect(await call('externalcontact/get_contact_way', { config_id: id })).toMatchObject({
      contact_way: {
        config_id: id,
        type: 1,
        scene: 2,
        remark: '展台',
        state: '工博会',
        skip_verify: true,
        qr_code: code,
        user: ['ZhouXiaolan'],
      },
    })
    await add({ is_temp: true })
    expect(await call('externalcontact/list_contact_way')).toMatchObject({
      contact_way: [{ config_id: id }],
    })
    expect(
      await call('externalcontact/update_contact_way', {
        config_id: id,
        state: '官网',
        user: ['HanXue'],
      }),
    ).toMatchObject({
      errcode: 0,
    })
    expect(await call('externalcontact/get_contact_way', { config_id: id })).toMatchObject({
      contact_way: { remark: '展台', state: '官网', user: ['HanXue'] },
    })
    const text = await textOf(id)
    expect(await call('externalcontact/del_contact_way', { config_id: id })).toMatchObject({
      errcode: 0,
    })
    expect(await scan('zhaoyiming', text)).toEqual({ kind: 'text', text: '该二维码已失效' })
    await refuse(41044, 'externalcontact/get_contact_way', { config_id: id })
  })

  it('as a button in a mini program has no picture', async () => {
    const reply = await call('externalcontact/add_contact_way', { ...wish, scene: 1, style: 1 })
    expect(reply).not.toHaveProperty('qr_code')
    expect(await textOf(String(reply.config_id))).toBeUndefined()
    expect(
      await happen('contact.scan', { configId: reply.config_id, customerId: 'zhaoyiming' }),
    ).toMatchObject({ kind: 'conversation' })
  })

  it('is refused when something is missing, wrong or too much', async () => {
    await refuse(41037, 'externalcontact/add_contact_way', { ...wish, type: undefined })
    await refuse(41039, 'externalcontact/add_contact_way', { ...wish, type: 3 })
    await refuse(41038, 'externalcontact/add_contact_way', { ...wish, scene: undefined })
    await refuse(41040, 'externalcontact/add_contact_way', { ...wish, scene: 5 })
    await refuse(41042, 'externalcontact/add_contact_way', { ...wish, style: 9 })
    await refuse(41009, 'externalcontact/add_contact_way', { ...wish, user: [] })
    await refuse(41041, 'externalcontact/add_contact_way', {
      ...wish,
      user: ['ZhouXiaolan', 'HanXue'],
    })
    await refuse(60111, 'externalcontact/add_contact_way', { ...wish, user: ['Nobody'] })
    await refuse(60011, 'externalcontact/add_contact_way', { ...wish, user: ['LiWeidong'] })
    await refuse(60123, 'externalcontact/add_contact_way', { ...wish, type: 2, party: [99] })
    await refuse(40058, 'externalcontact/add_contact_way', { ...wish, remark: '长'.repeat(31) })
    await refuse(40058, 'externalcontact/add_contact_way', { ...wish, state: '长'.repeat(31) })
    await refuse(40058, 'externalcontact/add_contact_way', { ...wish, type: 2, is_temp: true })
    await refuse(40058, 'externalcontact/add_contact_way', {
      ...wish,
      is_temp: true,
      expires_in: 15 * 86_400,
    })
    await refuse(41043, 'externalcontact/update_contact_way', {})
    await refuse(41044, 'externalcontact/del_contact_way', { config_id: 'none' })
    await happen('contact.feature', { memberId: 'ZhouXiaolan', enabled: false })
    await refuse(84074, 'externalcontact/add_contact_way', wish)
  })
})

describe('a temporary way', () => {
  const temp = {
    is_temp: true,
    expires_in: 600,
    chat_expires_in: 3600,
    conclusions: { text: { content: '感谢咨询' } },
  }

  it('serves one customer, and not after its time', async () => {
    const once = await textOf((await add(temp)).id)
    expect(await scan('zhaoyiming', once)).toMatchObject({ kind: 'conversation' })
    expect(await scan('hejing', once)).toEqual({ kind: 'text', text: '该二维码已失效' })
    const late = await textOf((await add(temp)).id)
    await letPass(601)
    expect(await scan('hejing', late)).toEqual({ kind: 'text', text: '该二维码已失效' })
    const own = await textOf((await add({ ...temp, unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1' })).id)
    expect(await scan('hejing', own)).toMatchObject({ kind: 'text' })
  })

  it('ends its conversation with closing words, by itself or when it is closed', async () => {
    const last = async () =>
      (await state()).conversations
        .find(
          ({ participants }) =>
            participants[1]?.id === 'zhaoyiming' && participants[0]?.kind === 'member',
        )
        ?.messages.slice(-2)
    await scan('zhaoyiming', await textOf((await add(temp)).id))
    await letPass(3599)
    expect(await last()).not.toMatchObject([{ text: '感谢咨询' }, {}])
    await letPass(2)
    expect(await last()).toMatchObject([
      { kind: 'text', text: '感谢咨询' },
      { kind: 'notice', text: '临时会话已结束' },
    ])
    await refuse(84061, 'externalcontact/close_temp_chat', {
      userid: 'ZhouXiaolan',
      external_userid: 'wmLcT3AAAAv2Gx9sRj4Hb7nTmZp1WdKu',
    })
    await happen('contact.delete', { memberId: 'ZhouXiaolan', customerId: 'zhaoyiming' })
    await scan('zhaoyiming', await textOf((await add(temp)).id))
    expect(
      await call('externalcontact/close_temp_chat', {
        userid: 'ZhouXiaolan',
        external_userid: 'wmLcT3AAAAv2Gx9sRj4Hb7nTmZp1WdKu',
      }),
    ).toMatchObject({
      errcode: 0,
    })
    expect(await last()).toMatchObject([{ text: '感谢咨询' }, { kind: 'notice' }])
  })
})

it('the inspector shows the ways', async () => {
  const { id } = await add()
  expect(JSON.stringify(await get('/_sandbox/overview'))).toContain(id)
})
