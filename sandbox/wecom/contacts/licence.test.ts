import { expect, it } from 'vitest'
import { openContacts } from '../../testing/open-contacts.ts'

const { call, read, happen, refuse, pushes } = openContacts('lapsed-licence')

/** 周晓岚 has an account, 韩雪's has run out, 李卫东 never had one. */
const members = async () =>
  (await read('externalcontact/get_follow_user_list')).follow_user as string[]
const idOf = async (openid: string, unionid: string) =>
  String((await call('idconvert/unionid_to_external_userid', { openid, unionid })).external_userid)
const linyue = () => idOf('oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8', 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1')
const suzihao = () => idOf('oMp7H5k9LpZf4Dn2GtW7cVb6QxJ1', 'oLcUn6b8DfJt5Gy1PzW3mQk7RvX9')

it('contacts of members without an account are not told, and who has no other follower not at all', async () => {
  const [zhou = '', han = ''] = await members()
  expect(await read('externalcontact/list', { userid: zhou })).toMatchObject({ errcode: 0 })
  expect(await read('externalcontact/list', { userid: han })).toMatchObject({ errcode: 701008 })
  const { follow_user: followers } = await read('externalcontact/get', {
    external_userid: await linyue(),
  })
  expect(followers).toMatchObject([{ userid: zhou }])
  expect(await read('externalcontact/get', { external_userid: await suzihao() })).toMatchObject({
    errcode: 701008,
  })
})

it('a batch leaves them out and says so', async () => {
  const [zhou, han] = await members()
  expect(
    await call('externalcontact/batch/get_by_user', { userid_list: [zhou, han] }),
  ).toMatchObject({
    external_contact_list: [{ follow_info: { userid: zhou } }, {}, {}],
    fail_info: { unlicensed_userid_list: [han] },
  })
  await refuse(701008, 'externalcontact/batch/get_by_user', { userid_list: [han] })
})

it('their groups are closed as well', async () => {
  const [, han] = await members()
  const { chatId } = await happen('group.create', {
    ownerId: 'HanXue',
    name: '服务群',
    customerIds: ['suzihao'],
  })
  await refuse(701008, 'externalcontact/groupchat/get', { chat_id: chatId })
  await refuse(701008, 'externalcontact/groupchat/list', {
    limit: 10,
    owner_filter: { userid_list: [han] },
  })
})

it('a customer who adds one of them is not announced to the app', async () => {
  const customized = async () =>
    (await pushes()).filter(
      (body) => body.includes('add_external_contact') && body.includes('<UserID><![CDATA[wo'),
    )
  await happen('contact.add', { memberId: 'HanXue', customerId: 'zhaoyiming' })
  expect(await customized()).toHaveLength(0)
  await happen('contact.add', { memberId: 'ZhouXiaolan', customerId: 'zhaoyiming' })
  expect(await customized()).toHaveLength(1)
})
