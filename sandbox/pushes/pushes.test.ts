import { describe, expect, it, vi } from 'vitest'
import { openSandbox } from '../testing/open-sandbox.ts'
import {
  aesKey,
  deliveries,
  patience,
  receiversOf,
  save,
  saving,
  sending,
  text,
  token,
} from '../testing/pushes.ts'
import { openReceiver } from '../testing/receiver.ts'

describe('a push', () => {
  it('arrives encrypted for the corp, signed, with the agent on its envelope, and is kept with its answer', async () => {
    const sandbox = await openSandbox()
    const { app } = receiversOf(sandbox)
    const receiver = await openReceiver({ token, aesKey })
    await sandbox.post('/_sandbox/callbacks', saving(app, receiver.url))
    const { body } = await sending(sandbox, app, '你好')
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience)
    expect(receiver.received).toMatchObject([
      { message: body, receiveId: sandbox.env.WECOM_CORP_ID },
    ])
    expect(receiver.received[0]?.envelope).toMatch(
      /^<xml><ToUserName><!\[CDATA\[ww7c1d4e0fa2b95836\]\]><\/ToUserName><Encrypt>.*<\/Encrypt><AgentID><!\[CDATA\[1000002\]\]><\/AgentID><\/xml>$/,
    )
    await vi.waitFor(
      async () =>
        expect(await deliveries(sandbox, app)).toMatchObject([
          { event: 'text', state: 'delivered' },
        ]),
      patience,
    )
    expect((await deliveries(sandbox, app))[0]?.attempts).toMatchObject([
      { status: 200, answer: 'success', error: null },
    ])
  })

  it('of a suite is encrypted for the suite and must be answered with the word success', async () => {
    const sandbox = await openSandbox()
    const { suite } = receiversOf(sandbox)
    const receiver = await openReceiver({
      token,
      aesKey,
      onPush: (_push, response, count) => response.end(count === 1 ? '' : 'success'),
    })
    await sandbox.post('/_sandbox/callbacks', saving(suite, receiver.url))
    const ticket = {
      SuiteId: 'ww6d94e1f7a2c83b05',
      InfoType: 'suite_ticket',
      TimeStamp: 1403610513,
      SuiteTicket: 'x',
    }
    await sandbox.post('/_sandbox/pushes', { receiver: suite, body: ticket })
    await sandbox.post('/_sandbox/pushes', { receiver: suite, body: ticket })
    await vi.waitFor(async () => {
      const [first, second] = (await deliveries(sandbox, suite)).slice(-2)
      expect(first).toMatchObject({
        event: 'suite_ticket',
        state: 'failed',
        attempts: [{ error: 'it must answer with the word success' }],
      })
      expect(second).toMatchObject({ state: 'delivered' })
    }, patience)
    expect(receiver.received.every(({ receiveId }) => receiveId === 'ww6d94e1f7a2c83b05')).toBe(
      true,
    )
  })

  it('of a WeChat account comes plain, compatible or safe, and as JSON where the account wants it', async () => {
    const sandbox = await openSandbox()
    const { official } = receiversOf(sandbox)
    const receiver = await openReceiver({ token, aesKey })
    const openid = 'oLinYue'
    const body = { ...text('在吗'), FromUserName: openid }
    for (const choice of [
      { mode: 'plain' },
      { mode: 'compatible' },
      { mode: 'safe' },
      { mode: 'plain', format: 'json' },
      { mode: 'safe', format: 'json' },
    ]) {
      await sandbox.post('/_sandbox/callbacks', {
        ...saving(official, receiver.url),
        format: 'xml',
        ...choice,
      })
      await sandbox.post('/_sandbox/pushes', { receiver: official, body })
      await vi.waitFor(
        async () => expect((await deliveries(sandbox, official)).at(-1)?.state).toBe('delivered'),
        patience,
      )
    }
    const appid = sandbox.env.OFFICIAL_ACCOUNT_APP_ID
    const [plain, compatible, safe, plainJson, safeJson] = receiver.received
    expect(plain).toMatchObject({
      receiveId: null,
      message: expect.stringContaining('<![CDATA[在吗]]>'),
      query: { openid },
    })
    expect(compatible).toMatchObject({
      receiveId: appid,
      envelope: expect.stringContaining('<![CDATA[在吗]]>'),
      query: { encrypt_type: 'aes' },
    })
    expect(safe).toMatchObject({ receiveId: appid, envelope: expect.not.stringContaining('在吗') })
    expect(JSON.parse(plainJson?.message ?? '')).toEqual(body)
    expect(JSON.parse(safeJson?.message ?? '')).toEqual(body)
    expect(Object.keys(JSON.parse(safeJson?.envelope ?? '') as object)).toEqual([
      'ToUserName',
      'Encrypt',
    ])
  })

  it('is sent again after a broken connection, but not after a wrong answer', async () => {
    const sandbox = await openSandbox({ callbackSecondMs: 1000 })
    const { app } = receiversOf(sandbox)
    const receiver = await openReceiver({
      token,
      aesKey,
      onPush: ({ message }, response, count) => {
        if (message.includes('broken') && count === 1) response.destroy()
        else if (message.includes('wrong')) response.end('{"ok":true}')
        else if (message.includes('error')) response.writeHead(500).end()
        else response.end()
      },
    })
    await save(sandbox, app, receiver.url)
    await sending(sandbox, app, 'broken')
    await vi.waitFor(
      async () => expect(await deliveries(sandbox, app)).toMatchObject([{ state: 'delivered' }]),
      patience,
    )
    await sending(sandbox, app, 'wrong')
    await sending(sandbox, app, 'error')
    await vi.waitFor(
      async () => expect((await deliveries(sandbox, app)).at(-1)?.state).toBe('failed'),
      patience,
    )
    const [broken, wrong, error] = await deliveries(sandbox, app)
    expect(broken?.attempts).toMatchObject([
      { status: null, error: expect.stringContaining('connection failed') },
      { status: 200, error: null },
    ])
    expect(wrong).toMatchObject({ state: 'failed', attempts: [{ answer: '{"ok":true}' }] })
    expect(error).toMatchObject({
      state: 'failed',
      attempts: [{ status: 500, error: 'it answered HTTP 500 instead of 200' }],
    })
    expect(new Set(receiver.received.slice(0, 2).map(({ message }) => message)).size).toBe(1)
  })

  it(
    'that is not answered is tried once and three times more, and holds up nobody else',
    { timeout: 60_000 },
    async () => {
      const sandbox = await openSandbox({ callbackSecondMs: 1000 })
      const { app, suite, official } = receiversOf(sandbox)
      const slow = await openReceiver({
        token,
        aesKey,
        onPush: (_push, response, count) => count > 1 && response.end(),
      })
      const dead = await openReceiver({ token, aesKey })
      const quick = await openReceiver({ token, aesKey })
      await save(sandbox, app, slow.url)
      await save(sandbox, official, dead.url)
      await save(sandbox, suite, quick.url)
      await dead.close()
      await sending(sandbox, app, 'slow')
      await sending(sandbox, official, 'dead')
      await vi.waitFor(() => expect(slow.received).toHaveLength(1), patience)
      await sandbox.post('/_sandbox/pushes', {
        receiver: suite,
        body: { SuiteId: 'x', InfoType: 'cancel_auth' },
      })
      await vi.waitFor(
        async () =>
          expect((await deliveries(sandbox, suite)).at(-1)).toMatchObject({ state: 'delivered' }),
        patience,
      )
      expect((await deliveries(sandbox, app))[0]).toMatchObject({ state: 'waiting', attempts: [] })
      await vi.waitFor(
        async () =>
          expect((await deliveries(sandbox, app))[0]).toMatchObject({ state: 'delivered' }),
        patience,
      )
      expect((await deliveries(sandbox, app))[0]?.attempts).toMatchObject([
        { status: null, error: 'no answer within 5 s' },
        { status: 200 },
      ])
      await vi.waitFor(
        async () =>
          expect((await deliveries(sandbox, official))[0]).toMatchObject({ state: 'failed' }),
        patience,
      )
      expect((await deliveries(sandbox, official))[0]?.attempts).toHaveLength(4)
    },
  )

  it('without an address goes nowhere', async () => {
    const sandbox = await openSandbox()
    const { official } = receiversOf(sandbox)
    await sending(sandbox, official, 'hello?')
    await vi.waitFor(
      async () =>
        expect(await deliveries(sandbox, official)).toMatchObject([
          { state: 'nowhere', attempts: [] },
        ]),
      patience,
    )
  })
})

describe('a passive reply', () => {
  it('is kept decrypted when it is encrypted and signed for this account, and refused otherwise', async () => {
    const sandbox = await openSandbox()
    const { official } = receiversOf(sandbox)
    // The sample of the mini program's page: token AAAAA, key of 43 A, made for wxba5fad812f8e6fb9.
    const foreign = {
      Encrypt:
        'ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==',
      MsgSignature: '1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1',
      TimeStamp: 1713424427,
      Nonce: '415670741',
    }
    const answers = [
      JSON.stringify(foreign),
      JSON.stringify({ ...foreign, Nonce: '1' }),
      '{"demo_resp":"good luck"}',
    ]
    const receiver = await openReceiver({
      token: 'AAAAA',
      aesKey: 'A'.repeat(43),
      onPush: (_push, response, count) => response.end(answers[count - 1]),
    })
    await sandbox.post('/_sandbox/callbacks', {
      receiver: official,
      url: receiver.url,
      token: 'AAAAA',
      aesKey: 'A'.repeat(43),
      format: 'json',
    })
    for (const one of answers) await sending(sandbox, official, one.slice(0, 5))
    await vi.waitFor(
      async () =>
        expect((await deliveries(sandbox, official)).at(-1)).toMatchObject({ state: 'failed' }),
      patience,
    )
    const errors = (await deliveries(sandbox, official)).map(({ attempts }) => attempts[0]?.error)
    expect(errors).toEqual([
      expect.stringContaining('encrypted for "wxba5fad812f8e6fb9"'),
      expect.stringContaining('MsgSignature'),
      expect.stringContaining('must be encrypted'),
    ])
    await sandbox.post('/_sandbox/callbacks', {
      receiver: official,
      url: receiver.url,
      mode: 'plain',
      format: 'json',
    })
    answers.push('{"MsgType":"text","Content":"您好"}')
    await sending(sandbox, official, 'plain')
    await vi.waitFor(
      async () =>
        expect((await deliveries(sandbox, official)).at(-1)).toMatchObject({ state: 'delivered' }),
      patience,
    )
  })
})

describe('by rule, the next pushes', () => {
  async function opened() {
    const sandbox = await openSandbox()
    const { app } = receiversOf(sandbox)
    const receiver = await openReceiver({ token, aesKey })
    await sandbox.post('/_sandbox/callbacks', saving(app, receiver.url))
    const contents = () =>
      receiver.received.map(({ message }) => /<Content><!\[CDATA\[(.*)\]\]>/.exec(message)?.[1])
    return { sandbox, app, receiver, contents }
  }

  it('are sent twice', async () => {
    const { sandbox, app, receiver, contents } = await opened()
    await sandbox.post('/_sandbox/delivery-rules', { duplicate: 1 })
    await sending(sandbox, app, 'a')
    await sending(sandbox, app, 'b')
    await vi.waitFor(() => expect(contents()).toEqual(['a', 'a', 'b']), patience)
    expect(receiver.received[0]?.query.nonce).not.toBe(receiver.received[1]?.query.nonce)
  })

  it('are sent in reverse order', async () => {
    const { sandbox, app, contents } = await opened()
    await sandbox.post('/_sandbox/delivery-rules', { receiver: app, event: 'text', reorder: 3 })
    for (const one of ['a', 'b', 'c', 'd']) await sending(sandbox, app, one)
    await vi.waitFor(() => expect(contents()).toEqual(['c', 'b', 'a', 'd']), patience)
  })

  it('are dropped, or held until they are let go', async () => {
    const { sandbox, app, contents } = await opened()
    await sandbox.post('/_sandbox/delivery-rules', { drop: 1 })
    await sending(sandbox, app, 'lost')
    await sandbox.post('/_sandbox/delivery-rules', { hold: true })
    await sending(sandbox, app, 'a')
    await sending(sandbox, app, 'b')
    expect((await deliveries(sandbox, app)).map(({ state }) => state)).toEqual([
      'dropped',
      'held',
      'held',
    ])
    await sandbox.post('/_sandbox/delivery-rules', { hold: false })
    await vi.waitFor(() => expect(contents()).toEqual(['a', 'b']), patience)
  })

  it('can be sent once more by hand: the same plaintext in a new envelope', async () => {
    const { sandbox, app, receiver, contents } = await opened()
    const { id } = await sending(sandbox, app, 'a')
    await vi.waitFor(() => expect(contents()).toEqual(['a']), patience)
    await sandbox.post(`/_sandbox/deliveries/${id}/replay`, {})
    await vi.waitFor(() => expect(contents()).toEqual(['a', 'a']), patience)
    const [first, second] = receiver.received
    expect(second?.message).toBe(first?.message)
    expect(second?.envelope).not.toBe(first?.envelope)
    await vi.waitFor(
      async () =>
        expect((await deliveries(sandbox, app))[0]).toMatchObject({
          state: 'delivered',
          attempts: [{}, {}],
        }),
      patience,
    )
  })
})

describe('a reset or a restored snapshot', () => {
  it('ends what is under way, keeps what a rule holds, and leaves the receiver alone', async () => {
    const sandbox = await openSandbox()
    const { app } = receiversOf(sandbox)
    const receiver = await openReceiver({
      token,
      aesKey,
      onPush: ({ message }, response) => (message.includes('stuck') ? undefined : response.end()),
    })
    await sandbox.post('/_sandbox/callbacks', saving(app, receiver.url))
    await sending(sandbox, app, 'stuck')
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience)
    await sandbox.post('/_sandbox/delivery-rules', { hold: true })
    await sending(sandbox, app, 'held')
    await sandbox.post('/_sandbox/snapshots', { name: 'middle' })
    await sandbox.post('/_sandbox/reset', {})
    expect(await deliveries(sandbox, app)).toEqual([])
    await sandbox.post('/_sandbox/snapshots/restore', { name: 'middle' })
    expect((await deliveries(sandbox, app)).map(({ state }) => state)).toEqual(['dropped', 'held'])
    await sandbox.post('/_sandbox/delivery-rules', { hold: false })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), patience)
    expect(receiver.received[1]?.message).toContain('held')
  })
})

it(
  'a storm of 2,000 pushes does not keep the platform from answering',
  { timeout: 60_000 },
  async () => {
    const sandbox = await openSandbox()
    const { app } = receiversOf(sandbox)
    const receiver = await openReceiver({ token, aesKey })
    await sandbox.post('/_sandbox/callbacks', saving(app, receiver.url))
    for (let sent = 0; sent < 2000; sent += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, index) => sending(sandbox, app, String(sent + index))),
      )
    expect(await sandbox.wecom('user/simplelist', { department_id: '1' })).toMatchObject({
      errcode: 0,
    })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2000), {
      ...patience,
      timeout: 50_000,
    })
  },
)
