import { CacheInterface, MiniApp, OfficialAccount, ServerRequest, Work } from 'node-easywechat'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { connectSandbox } from '../client.ts'
import { openSandbox, type OpenedSandbox } from '../testing/open-sandbox.ts'

/*
 * A public client of both platforms (node-easywechat, MIT), written by strangers from the same
 * official pages, does its normal work here. Only its base address is another. Its cache is a file
 * unless told otherwise.
 */
class Memory extends CacheInterface {
  readonly #kept = new Map<string, unknown>()
  override get = (key: string) => Promise.resolve(this.#kept.get(key))
  override has = (key: string) => Promise.resolve(this.#kept.has(key))
  override set = (key: string, data?: unknown) => {
    this.#kept.set(key, data)
    return Promise.resolve(true)
  }
  override delete = (key: string) => Promise.resolve(this.#kept.delete(key))
}

function work({ env }: OpenedSandbox): Work {
  const app = new Work({
    corp_id: env.WECOM_CORP_ID ?? '',
    secret: env.WECOM_AGENT_SECRET ?? '',
    token: env.WECOM_CALLBACK_TOKEN ?? '',
    aes_key: env.WECOM_CALLBACK_AES_KEY ?? '',
    http: { baseURL: `${env.WECOM_API_URL}/` },
  })
  return app.setCache(new Memory())
}

it('fetches a WeCom token once, then contacts, tags and the two tickets', async () => {
  const sandbox = await openSandbox()
  const app = work(sandbox)
  const api = app.getClient()
  const contacts = (
    await api.get('cgi-bin/externalcontact/list', { params: { userid: 'ZhouXiaolan' } })
  ).toObject()
  expect(contacts).toMatchObject({
    errcode: 0,
    external_userid: expect.arrayContaining([expect.stringMatching(/^wm/)]),
  })
  const [contact] = contacts.external_userid as string[]
  const known = (
    await api.get('cgi-bin/externalcontact/get', { params: { external_userid: contact } })
  ).toObject()
  expect(known).toMatchObject({ external_contact: { external_userid: contact, type: 1 } })

  const tag = { group_name: '渠道', tag: [{ name: '转介绍' }] }
  const added = (await api.postJson('cgi-bin/externalcontact/add_corp_tag', tag)).toObject()
  expect(added).toMatchObject({
    errcode: 0,
    tag_group: { group_name: '渠道', tag: [{ name: '转介绍', id: expect.any(String) }] },
  })
  const tagId = (added.tag_group as { tag: { id: string }[] }).tag[0]?.id
  const mark = { userid: 'ZhouXiaolan', external_userid: contact, add_tag: [tagId] }
  expect((await api.postJson('cgi-bin/externalcontact/mark_tag', mark)).toObject()).toMatchObject({
    errcode: 0,
  })
  const marked = (
    await api.get('cgi-bin/externalcontact/get', { params: { external_userid: contact } })
  ).toObject()
  expect(JSON.stringify(marked)).toContain('转介绍')

  const signed = await app
    .getUtils()
    .buildJsSdkConfig('https://crm.example.com/sidebar/', ['sendChatMessage'])
  expect(signed).toMatchObject({ signature: expect.stringMatching(/^[0-9a-f]{40}$/) })
  const calls = await connectSandbox(sandbox.origin).calls({ path: '/cgi-bin/gettoken' })
  expect(calls).toHaveLength(1)
})

it('verifies its callback address, and decrypts what happens', async () => {
  const sandbox = await openSandbox()
  const heard: Record<string, unknown>[] = []
  const receiver = createServer((request, response) => {
    const answer = async () => {
      const app = work(sandbox)
      app.setRequest(await ServerRequest.createFromIncomingMessage(request))
      const server = app.getServer()
      server.with((message, next) => {
        heard.push(message.toObject())
        return next?.(message)
      })
      const reply = await server.serve()
      response.writeHead(reply.getStatusCode(), reply.getHeaders()).end(reply.getBody().toString())
    }
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void receiver.close())
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/callback`

  const client = connectSandbox(sandbox.origin)
  const { env } = sandbox
  const receiverName = `app:${env.WECOM_CORP_ID}/${env.WECOM_AGENT_ID}`
  await client.callback(receiverName, {
    url,
    token: env.WECOM_CALLBACK_TOKEN ?? '',
    aesKey: env.WECOM_CALLBACK_AES_KEY ?? '',
  })
  await client.happen('contact.add', {
    memberId: 'ZhouXiaolan',
    customerId: 'zhaoyiming',
    state: 'expo',
  })
  await expect.poll(() => heard.length).toBe(1)
  expect(heard[0]).toMatchObject({
    ToUserName: env.WECOM_CORP_ID,
    ChangeType: 'add_external_contact',
    UserID: 'ZhouXiaolan',
    State: 'expo',
    WelcomeCode: expect.any(String),
  })
  // It answers SUCCESS where the page wants `success`; the sandbox notes that, and sends nothing
  // again.
  await expect
    .poll(async () => (await client.deliveries({ receiver: receiverName }))[0]?.attempts)
    .toMatchObject([{ status: 200, answer: 'SUCCESS' }])
  const welcome = { welcome_code: heard[0]?.WelcomeCode, text: { content: '您好，我是周晓岚' } }
  expect(
    (
      await work(sandbox).getClient().postJson('cgi-bin/externalcontact/send_welcome_msg', welcome)
    ).toObject(),
  ).toMatchObject({
    errcode: 0,
  })
})

it('signs a mini program’s user in, and reads an official account’s followers', async () => {
  const sandbox = await openSandbox()
  const { env } = sandbox
  const http = { baseURL: `${env.WECHAT_API_URL}/` }
  const mini = new MiniApp({
    app_id: env.MINIPROGRAM_APP_ID ?? '',
    secret: env.MINIPROGRAM_APP_SECRET ?? '',
    http,
  }).setCache(new Memory())
  const code = await connectSandbox(sandbox.origin).code({
    kind: 'miniprogram',
    customerId: 'linyue',
  })
  expect(await mini.getUtils().codeToSession(code)).toMatchObject({
    openid: 'oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8',
    session_key: expect.any(String),
  })

  const account = new OfficialAccount({
    app_id: env.OFFICIAL_ACCOUNT_APP_ID ?? '',
    secret: env.OFFICIAL_ACCOUNT_APP_SECRET ?? '',
    use_stable_access_token: true,
    http,
  }).setCache(new Memory())
  const fan = await account
    .getClient()
    .get('cgi-bin/user/info', { params: { openid: 'oGzh4s8KfXq2Vw6RbT1yLd9NmJc0' } })
  expect(fan.toObject()).toMatchObject({ subscribe: 1, unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1' })
})
