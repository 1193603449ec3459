import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PushError, readEncrypted } from '../../platforms/push.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import {
  contactPush,
  envelope,
  postPush,
  pushAddress,
  saveAddress,
  storedPushes,
} from '../../testing/wecom-push.ts'
import { callbacks } from '../tables.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 3_000 })
})
afterAll(() => app.stop())
beforeEach(() => app.db.delete(callbacks))

// From the sandbox's scene: 陈国栋, a contact of 周晓岚.
const chen = 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo'

/** Forty hex digits, as long as a signature. */
const hex = '0123456789abcdef0123456789abcdef01234567'

function guess(
  body: string | ReadableStream,
  signature = hex,
  on = app,
  headers = {},
): Promise<Response> {
  const init = { method: 'POST', body, duplex: 'half', headers } as RequestInit
  return on.fetch(`${pushAddress(app)}?msg_signature=${signature}&timestamp=1&nonce=2`, init)
}

describe('the address', () => {
  test('answers the echostr in plain, not a byte more, and can so be saved in the admin console', async () => {
    const { query, encrypted } = envelope(app, '1616140317555161061')
    const answer = await app.fetch(
      `${pushAddress(app)}?${new URLSearchParams({ ...query, echostr: encrypted })}`,
    )
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('1616140317555161061')
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
    await saveAddress(app)
  })

  test('of an unknown connection is none', async () => {
    const { query, encrypted } = envelope(app, '1')
    const answer = await app.fetch(
      `/callbacks/wecom/99?${new URLSearchParams({ ...query, echostr: encrypted })}`,
    )
    expect(answer.status).toBe(404)
    await expect(saveAddress(app, '/callbacks/wecom/99')).rejects.toThrow('404')
  })

  test('is none while no token and key are set', async () => {
    const without = await makeTestApp({
      sandbox: app.sandbox,
      env: { WECOM_CALLBACK_TOKEN: '', WECOM_CALLBACK_AES_KEY: '' },
    })
    expect(
      (await postPush(app, contactPush(app, 'add_external_contact', chen), {}, without)).status,
    ).toBe(404)
    await without.stop()
  })

  test.each([
    ['a wrong token', { token: 'anotherToken' }],
    ['another corp', { receiveId: 'wwsomebodyelse' }],
  ])('refuses what is sealed with %s, and stores nothing', async (_what, options) => {
    const answer = await postPush(app, contactPush(app, 'add_external_contact', chen), options)
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ code: 'forbidden' })
    expect(await storedPushes(app)).toEqual([])
  })

  test.each([
    ['nothing', ''],
    ['JSON', '{}'],
    ['XML without an envelope', '<xml><Event>x</Event></xml>'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><xml><Encrypt>&b;</Encrypt></xml>'],
  ])('refuses %s', async (_what, body) => {
    for (const signature of [hex, hex.toUpperCase(), hex.slice(1), 'x', ''])
      expect((await guess(body, signature)).status).toBe(403)
    expect(await storedPushes(app)).toEqual([])
  })

  test('reads 64 KB of a body and not a byte more, announced or not', async () => {
    const most = 64 * 1024
    expect((await guess('x'.repeat(most))).status).toBe(403)
    expect((await guess('x'.repeat(most + 1))).status).toBe(413)
    const chunks = [most, 1].map((length) => new Uint8Array(length))
    const body = new ReadableStream({
      pull(controller) {
        const chunk = chunks.shift()
        if (chunk) controller.enqueue(chunk)
        else controller.close()
      },
    })
    expect((await guess(body)).status).toBe(413)
  })

  test('refuses one whose signature is right when it holds two ciphertexts', async () => {
    const message = contactPush(app, 'add_external_contact', chen)
    const { query, encrypted } = envelope(app, message)
    const one = `<Encrypt><![CDATA[${encrypted}]]></Encrypt>`
    const to = `${pushAddress(app)}?${new URLSearchParams(query)}`
    const send = (body: string) => app.fetch(to, { method: 'POST', body })
    expect((await send(`<xml>${one}${one}</xml>`)).status).toBe(403)
    expect(await storedPushes(app)).toEqual([])
    // Nothing but the ciphertext is read, so what stands around it may be anything.
    expect((await send(`<a><b><c ${one}`)).status).toBe(200)
    expect(await storedPushes(app)).toMatchObject([{ message }])
  })
})

describe('a stranger who guesses', () => {
  const refused = async (answers: Promise<Response>[]) =>
    (await Promise.all(answers)).map(({ status }) => status)

  test('is told to stop after thirty tries in a minute; the platform behind the same proxy is heard all the same', async () => {
    const own = await makeTestApp({ beside: app })
    const body = `<xml><Encrypt><![CDATA[${'A'.repeat(64)}]]></Encrypt></xml>`
    const tries = Array.from({ length: 40 }, () => guess(body, hex, own))
    const statuses = await refused(tries)
    expect(statuses.filter((status) => status === 403)).toHaveLength(30)
    expect(statuses.filter((status) => status === 429)).toHaveLength(10)
    const told = await guess(body, hex, own)
    expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(0)
    const message = contactPush(app, 'add_external_contact', chen)
    const heard = await postPush(app, message, {}, own)
    expect([heard.status, await heard.text()]).toEqual([200, 'success'])
    expect(await storedPushes(app)).toMatchObject([{ message }])
    await own.stop()
  })

  test('from another network is counted apart, and one household counts once', async () => {
    const own = await makeTestApp({ beside: app, env: { TRUSTED_PROXIES: '1' } })
    const from = (address: string) => guess('', hex, own, { 'X-Forwarded-For': address })
    for (let i = 0; i < 31; i += 1) await from(`2001:db8:7:${i}::1`)
    expect(await refused([from('2001:db8:7::2'), from('2001:db8:8::2')])).toEqual([429, 403])
    await own.stop()
  })
})

describe('64 KB of unsigned XML', () => {
  function attempt(body: Buffer): void {
    try {
      readEncrypted(body)
    } catch {
      // It is refused; this is about how fast.
    }
  }
  const fill = (text: string) => `<xml>${text.repeat(65_000 / text.length)}</xml>`

  test.each([
    ['empty tags', fill('<a/>')],
    ['leaves', fill('<a>1</a>')],
    ['tags that never close', fill('<a>')],
    ['entities', fill('&#65;')],
    ['openings of a ciphertext', fill('<Encrypt>')],
    [
      'a ciphertext that ends in spaces',
      `<Encrypt>${'A'.repeat(32_000)}${' '.repeat(32_000)}x</Encrypt>`,
    ],
    ['spaces before a ciphertext', `<Encrypt>${' '.repeat(64_000)}x y</Encrypt>`],
  ])('of %s is looked through, never parsed', (_what, xml) => {
    const body = Buffer.from(xml)
    expect(() => readEncrypted(body)).toThrow(PushError)
    // The fastest of many, because the machine may be busy. Parsed, it takes 2 to 40 ms.
    const times = Array.from({ length: 30 }, () => {
      const begun = performance.now()
      attempt(body)
      return performance.now() - begun
    })
    expect(Math.min(...times)).toBeLessThan(1)
  })
})
