import { afterEach, expect, it } from 'vitest'
import { getContact } from '../../../shared/contract/contacts.ts'
import { startPlatform } from '../../testing/platform.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const externalUserId = 'wmTestTestTestTestTestTestTest'
const follower = (userid: string) => ({
  userid,
  remark: '',
  description: '',
  createtime: 1_700_000_000,
  tags: [],
  add_way: 1,
})

async function withContact(answer: (cursor: string | null) => object): Promise<TestApp> {
  const platform = await startPlatform({
    '/cgi-bin/gettoken': () => ({
      errcode: 0,
      errmsg: 'ok',
      access_token: 'token-1',
      expires_in: 7200,
    }),
    '/cgi-bin/externalcontact/get': ({ url = '' }) =>
      answer(new URL(url, 'http://platform').searchParams.get('cursor')),
    '/cgi-bin/user/get': () => ({ errcode: 60111, errmsg: 'userid not found' }),
  })
  cleanups.push(platform.stop)
  const app = await makeTestApp({ env: { WECOM_API_URL: platform.url } })
  cleanups.push(app.stop)
  return app
}

function page(followers: string[], next_cursor: string, name = '林悦') {
  const external_contact = { external_userid: externalUserId, name, type: 1, gender: 2 }
  return {
    errcode: 0,
    errmsg: 'ok',
    external_contact,
    follow_user: followers.map(follower),
    next_cursor,
  }
}

it('a contact with more followers than a page holds is read to its last page, so that none of them is a stranger', async () => {
  const app = await withContact((cursor) =>
    cursor === null ? page(['First'], 'second page') : page(['Last'], ''),
  )
  const contact = await app.call(getContact, { params: { externalUserId } }, app.member('Last'))
  expect(contact.followers.map(({ userId }) => userId)).toEqual(['First'])
})

it('a name that was cut within an emoji is kept as far as it can be', async () => {
  const app = await withContact(() => page(['Rep'], '', '林悦\ud83d'))
  expect((await app.call(getContact, { params: { externalUserId } }, app.member('Rep'))).name).toBe(
    '林悦\ufffd',
  )
})
