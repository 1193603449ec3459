import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { openContacts } from '../testing/open-contacts.ts'
import { busyRep } from './busy-rep.ts'

const { read, call, happen, state, post } = openContacts('busy-rep')

it('is the same in every sandbox', () => {
  const sum = () => createHash('sha256').update(JSON.stringify(busyRep())).digest('hex')
  expect(sum()).toBe(sum())
})

it('has ten thousand contacts of one member and four hundred of another, all of whom can be asked for', async () => {
  const { external_userid: ids } = (await read('externalcontact/list', {
    userid: 'ZhouXiaolan',
  })) as { external_userid: string[] }
  expect(new Set(ids).size).toBe(10_000)
  expect((await read('externalcontact/list', { userid: 'HanXue' })).external_userid).toHaveLength(
    400,
  )
  const contact = await read('externalcontact/get', { external_userid: ids.at(-1) ?? '' })
  expect(contact).toMatchObject({
    errcode: 0,
    external_contact: { name: expect.stringMatching(/^\p{Script=Han}{2,3}$/u) },
  })
  const somebody = ids.find((id) => id.startsWith('wo')) ?? ''
  const { external_contact: abroad } = await read('externalcontact/get', {
    external_userid: somebody,
  })
  // Somebody in the WeCom of another corp: their corp, no unionid.
  expect(abroad).toMatchObject({ type: 2, corp_full_name: expect.stringContaining('有限公司') })
  expect(abroad).not.toHaveProperty('unionid')
})

it('has talks and groups of every size, in which nobody speaks before they know each other', async () => {
  const { conversations, customers, groupChats } = await state()
  expect(conversations.filter(({ kind }) => kind === 'contact').length).toBeGreaterThan(300)
  expect(groupChats.length).toBeGreaterThan(60)
  const sizes = conversations
    .filter(({ kind }) => kind === 'group')
    .map(({ participants }) => participants.length)
  expect(Math.min(...sizes)).toBeLessThan(10)
  expect(Math.max(...sizes)).toBeGreaterThan(400)
  const people = new Map(customers.map((one) => [one.id, one]))
  for (const { kind, participants, messages } of conversations.filter(({ id }) =>
    id.startsWith('chat-'),
  )) {
    const [member, customer] = participants
    const follow = people
      .get(customer?.id ?? '')
      ?.follows.find(({ memberId }) => memberId === member?.id)
    expect(kind).toBe('contact')
    expect(Date.parse(messages[0]?.at ?? '')).toBeGreaterThan(Date.parse(follow?.addedAt ?? ''))
  }
})

it('finds people after they change, after a reset and after a snapshot', async () => {
  const { external_userid: ids } = (await read('externalcontact/list', { userid: 'HanXue' })) as {
    external_userid: string[]
  }
  const id = ids.at(-1) ?? ''
  const customer = (await state()).customers.find((one) => one.externalUserId === id)
  await post('/_sandbox/snapshots', { name: 'before' })
  await happen('contact.delete', { memberId: 'HanXue', customerId: customer?.id })
  expect(await read('externalcontact/get', { external_userid: id })).toMatchObject({
    errcode: 40096,
  })
  await post('/_sandbox/snapshots/restore', { name: 'before' })
  expect(await read('externalcontact/get', { external_userid: id })).toMatchObject({ errcode: 0 })
  await happen('contact.edit', { memberId: 'HanXue', customerId: customer?.id, remark: '改过' })
  expect(await read('externalcontact/get', { external_userid: id })).toMatchObject({
    follow_user: [{ remark: '改过' }],
  })
  await post('/_sandbox/reset', { scene: 'demo' })
  expect(await read('externalcontact/get', { external_userid: id })).toMatchObject({
    errcode: 40096,
  })
})

it('takes a mass message to all of them, after the platform has handed it out', async () => {
  const { msgid } = await call('externalcontact/add_msg_template', {
    sender: 'ZhouXiaolan',
    text: { content: '新年好' },
  })
  expect(await call('externalcontact/get_groupmsg_task', { msgid })).toMatchObject({
    errcode: 41063,
  })
  expect(await happen('mass.confirm', { msgid, memberId: 'ZhouXiaolan' })).toEqual({ sent: 10_000 })
})
