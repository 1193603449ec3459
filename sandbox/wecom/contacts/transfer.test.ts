import { expect, it } from 'vitest'
import { openContacts } from '../../testing/open-contacts.ts'

const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'
const chen = 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo'
const suzihao = 'wmLcT3AAAAr7Yd3oFm8Zw2uJkQn6CxEv'
const { call, read, happen, refuse, pushes, letPass } = openContacts()
const both = { handover_userid: 'ZhouXiaolan', takeover_userid: 'HanXue' }

it('a customer goes over to another member after a day', async () => {
  const reply = await call('externalcontact/transfer_customer', {
    ...both,
    external_userid: [chen, suzihao, 'wmNone'],
    transfer_success_msg: '以后由我服务您',
  })
  expect(reply.customer).toEqual([
    { external_userid: chen, errcode: 0 },
    { external_userid: suzihao, errcode: 40131 },
    { external_userid: 'wmNone', errcode: 40096 },
  ])
  expect(
    await call('externalcontact/transfer_customer', { ...both, external_userid: [chen] }),
  ).toMatchObject({
    customer: [{ errcode: 40129 }],
  })
  expect(await call('externalcontact/transfer_result', both)).toMatchObject({
    customer: [{ external_userid: chen, status: 2, takeover_time: 0 }],
  })
  await letPass(86_401)
  const told = (await pushes()).slice(-2)
  expect(told[0]).toContain('<Source><![CDATA[DELETE_BY_TRANSFER]]></Source>')
  expect(told[1]).toContain('add_external_contact')
  expect(await call('externalcontact/transfer_result', both)).toMatchObject({
    customer: [{ status: 1, takeover_time: expect.any(Number) }],
  })
  expect(await read('externalcontact/get', { external_userid: chen })).toMatchObject({
    follow_user: [{ userid: 'HanXue', add_way: 202 }],
  })
})

it('unless they refuse', async () => {
  await call('externalcontact/transfer_customer', { ...both, external_userid: [chen] })
  await happen('contact.transfer-fail', {
    memberId: 'HanXue',
    customerId: 'chenguodong',
    reason: 'customer_refused',
  })
  expect(await call('externalcontact/transfer_result', both)).toMatchObject({
    customer: [{ external_userid: chen, status: 3 }],
  })
  expect(await read('externalcontact/get', { external_userid: chen })).toMatchObject({
    follow_user: [{ userid: 'ZhouXiaolan' }],
  })
})

it('needs two members and somebody', async () => {
  await refuse(40130, 'externalcontact/transfer_customer', {
    ...both,
    takeover_userid: 'ZhouXiaolan',
    external_userid: [linyue],
  })
  await refuse(41009, 'externalcontact/transfer_customer', {
    ...both,
    takeover_userid: '',
    external_userid: [linyue],
  })
  await refuse(60011, 'externalcontact/transfer_customer', {
    ...both,
    takeover_userid: 'LiWeidong',
    external_userid: [linyue],
  })
  await refuse(41035, 'externalcontact/transfer_customer', both)
  await refuse(40058, 'externalcontact/transfer_customer', {
    ...both,
    external_userid: Array.from({ length: 101 }, () => linyue),
  })
})

it('the customers of somebody who has left are listed and given to others', async () => {
  await refuse(40097, 'externalcontact/resigned/transfer_customer', {
    ...both,
    external_userid: [chen],
  })
  await refuse(40003, 'externalcontact/resigned/transfer_customer', {
    ...both,
    handover_userid: 'Nobody',
    external_userid: [chen],
  })
  await happen('member.leave', { memberId: 'ZhouXiaolan' })
  const first = await call('externalcontact/get_unassigned_list', { page_size: 2 })
  expect(first).toMatchObject({
    info: [
      {
        handover_userid: 'ZhouXiaolan',
        external_userid: linyue,
        dimission_time: expect.any(Number),
      },
      { external_userid: chen },
    ],
    is_last: false,
  })
  const rest = await call('externalcontact/get_unassigned_list', {
    page_size: 2,
    cursor: first.next_cursor,
  })
  expect(rest).toMatchObject({ info: [{}], is_last: true })
  const asked = await call('externalcontact/resigned/transfer_customer', {
    ...both,
    external_userid: [chen, suzihao, 'wmNone'],
  })
  expect(asked).toMatchObject({
    customer: [{ errcode: 0 }, { errcode: 40131 }, { errcode: 40096 }],
  })
  expect((await call('externalcontact/get_unassigned_list')).info).toHaveLength(2)
  expect(await call('externalcontact/resigned/transfer_result', both)).toMatchObject({
    customer: [{ external_userid: chen, status: 2 }],
  })
  await letPass(86_401)
  expect(await call('externalcontact/resigned/transfer_result', both)).toMatchObject({
    customer: [{ external_userid: chen, status: 1 }],
  })
  expect(await read('externalcontact/get', { external_userid: chen })).toMatchObject({
    follow_user: [{ userid: 'HanXue', add_way: 202 }],
  })
})
