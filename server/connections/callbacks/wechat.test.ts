import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { connectAccount } from '../connect.ts'
import { callbacks } from '../tables.ts'

let app: TestApp
let connection: string
let appId: string
const token = 'tokenOfTheAccount'
const aesKey = 'C'.repeat(42) + 'E'

beforeAll(async () => {
  app = await makeTestApp({
    sandbox: true,
    env: { OFFICIAL_ACCOUNT_APP_ID: '', OFFICIAL_ACCOUNT_APP_SECRET: '' },
  })
  const { env = {} } = app.sandbox ?? {}
  appId = env['OFFICIAL_ACCOUNT_APP_ID'] ?? ''
  connection = await connectAccount(app.ctx, {
    corpId: app.corpId,
    corpName: '',
    kind: 'official_account',
    platformId: appId,
    settings: {},
    secrets: {
      secret: env['OFFICIAL_ACCOUNT_APP_SECRET'] ?? '',
      callback_token: token,
      callback_aes_key: aesKey,
    },
  })
})
afterAll(() => app.stop())
beforeEach(async () => {
  await app.db.delete(callbacks)
})

const address = () => `/callbacks/wechat/${connection}`

function save(path = address(), settings = { token, aesKey }) {
  return app.sandbox?.door('POST', 'callbacks', {
    receiver: `account:${appId}`,
    url: `${app.url}${path}`,
    ...settings,
    mode: 'safe',
  })
}

test('the address of an official account can be saved in WeChat’s console, and takes pushes', async () => {
  await save()
  await app.sandbox?.door('POST', 'happenings/official.unfollow', { customerId: 'linyue' })
  await expect
    .poll(() => app.db.select().from(callbacks))
    .toMatchObject([
      {
        platform: 'wechat',
        connection,
        corpId: app.corpId,
        event: 'unsubscribe',
        state: 'ignored',
      },
    ])
})

test('the address also works by the AppId; of another account there is none', async () => {
  await save(`/callbacks/wechat/${appId}`)
  await expect(save('/callbacks/wechat/wx0000000000000000')).rejects.toThrow('404')
  // The mini program has no callback settings.
  await expect(save(`/callbacks/wechat/${app.first.miniprogram?.appId}`)).rejects.toThrow('404')
  await expect(save(`/callbacks/wecom/${connection}`)).rejects.toThrow('404')
})

test('what is signed with another token, or not at all, proves nothing and is not kept', async () => {
  const [timestamp, nonce] = ['1732000000', 'nonce']
  const sign = (...parts: string[]) =>
    createHash('sha1').update(parts.sort().join('')).digest('hex')
  const ask = (signature: string) =>
    app.fetch(`${address()}?${new URLSearchParams({ signature, timestamp, nonce, echostr: 'hi' })}`)
  expect(await (await ask(sign(token, timestamp, nonce))).text()).toBe('hi')
  for (const signature of [sign('another', timestamp, nonce), ''])
    expect((await ask(signature)).status).toBe(403)
  // A plain push carries a right signature that says nothing of its body.
  const plain = new URLSearchParams({ signature: sign(token, timestamp, nonce), timestamp, nonce })
  const body = '<xml><MsgType>event</MsgType><Event>subscribe</Event></xml>'
  const told = await app.fetch(`${address()}?${plain}`, { method: 'POST', body })
  expect(told.status).toBe(403)
  expect(await app.db.$count(callbacks)).toBe(0)
})
