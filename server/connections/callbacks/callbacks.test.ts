import * as theirs from '@wecom/crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getContact } from '../../../shared/contract/contacts.ts'
import { once } from '../../base/db/jobs.ts'
import { follows } from '../../contacts/index.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { loadConfig } from '../../config.ts'
import { PushError, readEncrypted } from '../../platforms/push.ts'
import { forgetCallbacks } from './forget.ts'
import { platformPushes } from './handle.ts'
import { operateCallbacks } from './operate.ts'
import { callbacks } from '../tables.ts'

let app: TestApp
/** A second server process on the same database. */
let beside: TestApp
let address: string

beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 3_000 })
  beside = await makeTestApp({ beside: app, platformTimeoutMs: 3_000 })
  address = `/callbacks/wecom/${app.first.app.agentId}`
})
afterAll(async () => {
  await beside.stop()
  await app.stop()
})
beforeEach(async () => {
  await app.sandbox?.door('DELETE', 'faults')
  await app.sandbox?.door('POST', 'reset', {})
  await app.db.delete(callbacks)
  // After the reset, the server's knowledge of the sandbox's people is old.
  app.clock.advance(11 * 60_000)
})

// From the sandbox's scene: 赵一鸣 is nobody's contact yet, and 陈国栋 is a contact of 周晓岚.
const chen = 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo'
const pair = { memberId: 'ZhouXiaolan', customerId: 'zhaoyiming' }

function secrets() {
  const { callback } = app.first.app
  if (!callback) throw new Error('the sandbox gives callback settings')
  return callback
}

/** Returns a message that is signed and encrypted by WeCom's own package. */
function envelope(message: string, { receiveId = app.corpId, token = secrets().token } = {}) {
  const encrypted = theirs.encrypt(secrets().aesKey, message, receiveId)
  const [timestamp, nonce] = ['1732000000', '1372623149']
  const msg_signature = theirs.getSignature(token, timestamp, nonce, encrypted)
  return { query: { msg_signature, timestamp, nonce }, encrypted }
}

function post(message: string, options: Parameters<typeof envelope>[1] = {}, on = app) {
  const { query, encrypted } = envelope(message, options)
  const body = `<xml><ToUserName><![CDATA[${app.corpId}]]></ToUserName><AgentID>1</AgentID><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`
  return on.fetch(`${address}?${new URLSearchParams(query)}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/xml' },
  })
}

let second = 1_732_000_000
function event(change: string, externalUserId: string, userId = 'ZhouXiaolan'): string {
  second += 1
  return `<xml><ToUserName><![CDATA[${app.corpId}]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>${second}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_external_contact]]></Event><ChangeType><![CDATA[${change}]]></ChangeType><UserID><![CDATA[${userId}]]></UserID><ExternalUserID><![CDATA[${externalUserId}]]></ExternalUserID></xml>`
}

/** Saves the address as an admin does. The sandbox then checks it. */
function saveAddress(path = address) {
  const receiver = `app:${app.corpId}/${app.first.app.agentId}`
  return app.sandbox?.door('POST', 'callbacks', {
    receiver,
    url: `${app.url}${path}`,
    ...secrets(),
  })
}

function happen(name: string, body: object) {
  return app.sandbox?.door('POST', `happenings/${name}`, body)
}

/** Waits for the sandbox's pushes and handles them. */
async function arrivedAndHandled(count: number): Promise<void> {
  await expect.poll(() => app.db.$count(callbacks)).toBe(count)
  await once(app.ctx, platformPushes)
}

async function asked(): Promise<number> {
  return (
    (await app.sandbox?.door('GET', 'calls?path=/cgi-bin/externalcontact/get')) as {
      items: unknown[]
    }
  ).items.length
}

async function stored() {
  return app.db.select().from(callbacks).orderBy(callbacks.receivedAt, callbacks.id)
}

async function externalIdOf(customerId: string): Promise<string> {
  const { customers } = (await app.sandbox?.door('GET', 'state')) as {
    customers: { id: string; externalUserId: string }[]
  }
  return customers.find(({ id }) => id === customerId)?.externalUserId ?? ''
}

describe('the address', () => {
  test('answers the echostr in plain, not a byte more, and can so be saved in the admin console', async () => {
    const { query, encrypted } = envelope('1616140317555161061')
    const answer = await app.fetch(
      `${address}?${new URLSearchParams({ ...query, echostr: encrypted })}`,
    )
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('1616140317555161061')
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
    await saveAddress()
  })

  test('of an unknown connection is none', async () => {
    const { query, encrypted } = envelope('1')
    const answer = await app.fetch(
      `/callbacks/wecom/99?${new URLSearchParams({ ...query, echostr: encrypted })}`,
    )
    expect(answer.status).toBe(404)
    await expect(saveAddress('/callbacks/wecom/99')).rejects.toThrow('404')
  })

  test('is none while no token and key are set', async () => {
    const without = await makeTestApp({
      sandbox: app.sandbox,
      env: { WECOM_CALLBACK_TOKEN: '', WECOM_CALLBACK_AES_KEY: '' },
    })
    expect((await post(event('add_external_contact', chen), {}, without)).status).toBe(404)
    await without.stop()
  })

  test.each([
    ['a wrong token', { token: 'anotherToken' }],
    ['another corp', { receiveId: 'wwsomebodyelse' }],
  ])('refuses what is sealed with %s, and stores nothing', async (_what, options) => {
    const answer = await post(event('add_external_contact', chen), options)
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ code: 'forbidden' })
    expect(await stored()).toEqual([])
  })

  test.each([
    ['nothing', ''],
    ['JSON', '{}'],
    ['XML without an envelope', '<xml><Event>x</Event></xml>'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><xml><Encrypt>&b;</Encrypt></xml>'],
  ])('refuses %s', async (_what, body) => {
    for (const signature of [hex, hex.toUpperCase(), hex.slice(1), 'x', ''])
      expect((await guess(body, signature)).status).toBe(403)
    expect(await stored()).toEqual([])
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
    const message = event('add_external_contact', chen)
    const { query, encrypted } = envelope(message)
    const one = `<Encrypt><![CDATA[${encrypted}]]></Encrypt>`
    const to = `${address}?${new URLSearchParams(query)}`
    const post = (body: string) => app.fetch(to, { method: 'POST', body })
    expect((await post(`<xml>${one}${one}</xml>`)).status).toBe(403)
    expect(await stored()).toEqual([])
    // Nothing but the ciphertext is read, so what stands around it may be anything.
    expect((await post(`<a><b><c ${one}`)).status).toBe(200)
    expect(await stored()).toMatchObject([{ message }])
  })
})

/** Forty hex digits, as long as a signature. */
const hex = '0123456789abcdef0123456789abcdef01234567'

function guess(
  body: string | ReadableStream,
  signature = hex,
  on = app,
  headers = {},
): Promise<Response> {
  const init = { method: 'POST', body, duplex: 'half', headers } as RequestInit
  return on.fetch(`${address}?msg_signature=${signature}&timestamp=1&nonce=2`, init)
}

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
    const message = event('add_external_contact', chen)
    const heard = await post(message, {}, own)
    expect([heard.status, await heard.text()]).toEqual([200, 'success'])
    expect(await stored()).toMatchObject([{ message }])
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

describe('a push', () => {
  test('is kept as it came and acknowledged before it is handled', async () => {
    const message = event('edit_external_contact', chen)
    const answer = await post(message)
    expect([answer.status, await answer.text()]).toEqual([200, 'success'])
    expect(await stored()).toMatchObject([
      {
        message,
        event: 'change_external_contact/edit_external_contact',
        state: 'waiting',
        tries: 0,
        corpId: app.corpId,
      },
    ])
    await once(app.ctx, platformPushes)
    expect(await stored()).toMatchObject([{ state: 'handled', tries: 1, error: null }])
  })

  test('that comes again, to whichever process, is one; two within a second are two', async () => {
    const message = event('add_external_contact', chen)
    const answers = await Promise.all([
      post(message),
      post(message, {}, beside),
      post(message),
      post(message, {}, beside),
    ])
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(
      Array(4).fill('success'),
    )
    expect(await stored()).toHaveLength(1)
    await post(message.replace(chen, 'wmSomebodyElse00000000000000000'))
    expect(await stored()).toHaveLength(2)
  })

  test('that nobody needs is kept as ignored, one that cannot be read too', async () => {
    await post('<xml><MsgType>event</MsgType><Event>enter_agent</Event></xml>')
    await post('this is no XML')
    await once(app.ctx, platformPushes)
    expect((await stored()).map(({ event: name, state }) => [name, state])).toEqual([
      ['enter_agent', 'ignored'],
      ['unreadable', 'ignored'],
    ])
  })

  test('is handled at once where the jobs run', async () => {
    const running = await makeTestApp({ beside: app, platformTimeoutMs: 3_000 })
    running.app.startJobs()
    await post(event('edit_external_contact', chen), {}, running)
    await expect
      .poll(async () => (await stored())[0]?.state, { interval: 10, timeout: 1_500 })
      .toBe('handled')
    await running.stop()
  })

  test('is handled once by two processes', async () => {
    const ids = Array.from({ length: 6 }, (_, index) => `wmNobody${index}0000000000000000000`)
    await Promise.all(ids.map((id) => post(event('add_external_contact', id))))
    const before = await asked()
    // Without the lock of each job: the rows alone must prevent double work.
    await Promise.all([platformPushes.run(app.ctx), platformPushes.run(beside.ctx)])
    expect(await asked()).toBe(before + ids.length)
    expect((await stored()).map(({ state, tries }) => [state, tries])).toEqual(
      Array(6).fill(['handled', 1]),
    )
  })

  test('does not wait for the clock of the process that received it; a second try waits for its time', async () => {
    const inADay = new Date(app.clock.now().getTime() + 24 * 60 * 60_000)
    await post(event('edit_external_contact', chen))
    await post(event('add_external_contact', 'wmNobody00000000000000000000'))
    // As a process whose clock is a day ahead stores them.
    await app.db.update(callbacks).set({ receivedAt: inADay, nextTryAt: inADay })
    await app.db
      .update(callbacks)
      .set({ tries: 1 })
      .where(eq(callbacks.event, 'change_external_contact/add_external_contact'))
    await once(beside.ctx, platformPushes)
    const ends = (await stored()).map((row) => [row.event.split('/')[1], row.state, row.tries])
    expect(ends.sort()).toEqual([
      ['add_external_contact', 'waiting', 1],
      ['edit_external_contact', 'handled', 1],
    ])
  })

  test('waits longer and longer while WeCom is out of reach, and is given up with the reason in the end', async () => {
    await app.sandbox?.door('POST', 'faults', {
      path: '/cgi-bin/externalcontact/get',
      status: 500,
      times: 100,
    })
    await post(event('add_external_contact', chen))
    const waits: number[] = []
    for (let guard = 0; guard < 10; guard += 1) {
      await once(app.ctx, platformPushes)
      const [row] = await stored()
      if (row?.state !== 'waiting') break
      const wait = row.nextTryAt.getTime() - app.clock.now().getTime()
      waits.push(wait)
      // It is not due, so it is not tried.
      await once(app.ctx, platformPushes)
      app.clock.advance(wait + 1)
    }
    expect(waits.every((wait, index) => index === 0 || wait > (waits[index - 1] ?? 0))).toBe(true)
    const [given] = await stored()
    expect(given).toMatchObject({
      state: 'failed',
      tries: waits.length + 1,
      error: expect.stringContaining('500'),
    })
  })
})

/** Returns what the operator reads. */
async function operated(...args: string[]): Promise<string> {
  const lines: string[] = []
  await operateCallbacks(app.ctx, args, (line) => lines.push(line))
  return lines.join('\n')
}

/** Stores a push in any state and of any age. */
async function keep(state: string, daysAgo: number): Promise<string> {
  const id = app.ctx.random.id()
  const receivedAt = new Date(app.clock.now().getTime() - daysAgo * 24 * 60 * 60_000)
  const row = {
    id,
    connection: 'x',
    corpId: app.corpId,
    dedupeKey: id,
    event: 'change_external_contact/edit_external_contact',
  }
  const error = state === 'failed' ? 'WeCom answered 500' : null
  await app.db.insert(callbacks).values({
    ...row,
    message: event('edit_external_contact', chen),
    receivedAt,
    state,
    tries: 6,
    nextTryAt: receivedAt,
    error,
  })
  return id
}

async function stateOf(id: string): Promise<string | undefined> {
  return (await stored()).find((row) => row.id === id)?.state
}

describe('the operator', () => {
  test('is told which pushes were given up and why, and nothing of whom they are about', async () => {
    expect(await operated()).toBe('No push is stored.')
    const failed = await keep('failed', 1)
    await keep('handled', 1)
    const told = await operated('list')
    expect(told).toContain('1 failed, 1 handled')
    expect(told).toContain(`${failed}  `)
    expect(told).toContain('given up after 6 tries: WeCom answered 500')
    expect(told).not.toContain(chen)
  })

  test('has all that failed handled once more, at once where a server runs', async () => {
    const failed = [await keep('failed', 2), await keep('failed', 1)]
    const running = await makeTestApp({ beside: app, platformTimeoutMs: 3_000 })
    running.app.startJobs()
    try {
      expect(await operated('replay', 'failed')).toContain('2 pushes are handled once more')
      await expect
        .poll(() => Promise.all(failed.map(stateOf)), { timeout: 1_500 })
        .toEqual(['handled', 'handled'])
    } finally {
      await running.stop()
    }
    expect(await stored()).toMatchObject(Array(2).fill({ tries: 1, error: null }))
    expect(await operated('replay', 'failed')).toContain('No push has failed')
  })

  test('has one handled once more, whatever became of it, and not the others', async () => {
    const [ignored, failed] = [await keep('ignored', 1), await keep('failed', 1)]
    expect(await operated('replay', ignored)).toContain('1 push is handled once more')
    await once(app.ctx, platformPushes)
    expect(await Promise.all([ignored, failed].map(stateOf))).toEqual(['handled', 'failed'])
  })

  test.each([
    [
      ['replay', '019a0000-0000-7000-8000-000000000000'],
      'No push 019a0000-0000-7000-8000-000000000000 is stored',
    ],
    [['replay', '--failed'], '"--failed" is no push\'s id'],
    [['replay'], 'Say what to do'],
    [['retry', 'failed'], 'Say what to do'],
  ])('who asks for %j is told what is wrong', async (args, sentence) => {
    await expect(operated(...args)).rejects.toThrow(sentence)
  })
})

describe('old pushes', () => {
  test('are deleted a month after they came, those that failed ten months after; one that waits never is', async () => {
    const old = [await keep('handled', 31), await keep('ignored', 31), await keep('failed', 301)]
    const young = [
      await keep('handled', 29),
      await keep('ignored', 29),
      await keep('failed', 299),
      await keep('waiting', 400),
    ]
    await once(app.ctx, forgetCallbacks)
    expect((await stored()).map(({ id }) => id).sort()).toEqual(young.sort())
    expect(await Promise.all(old.map(stateOf))).toEqual([undefined, undefined, undefined])
  })

  test('are deleted however many there are', async () => {
    await app.db.$client.query(
      `insert into callbacks (id, connection, corp_id, dedupe_key, event, message, received_at,
        state, next_try_at)
       select gen_random_uuid(), 'x', 'x', n, 'x', 'x', now() - interval '90 days', 'handled', now()
         from generate_series(1, 2500) as n`,
    )
    await once(app.ctx, forgetCallbacks)
    expect(await stored()).toEqual([])
  })

  test('are kept for as long as the installation says', async () => {
    const forEver = await makeTestApp({ beside: app, env: { CALLBACK_RETENTION_DAYS: '0' } })
    const id = await keep('handled', 3_000)
    await once(forEver.ctx, forgetCallbacks)
    expect(await stateOf(id)).toBe('handled')
    await forEver.stop()
    await expect(loadConfig({ ...app.env, CALLBACK_RETENTION_DAYS: 'a month' })).rejects.toThrow(
      /CALLBACK_RETENTION_DAYS must be a whole number, but is "a month"/,
    )
  })
})

describe('what the people of the sandbox do', () => {
  beforeEach(() => saveAddress())

  test('a customer adds a rep: the contact is known before the rep opens the sidebar', async () => {
    await happen('contact.add', pair)
    await arrivedAndHandled(1)
    const externalUserId = await externalIdOf('zhaoyiming')
    const before = await asked()
    expect(
      await app.call(getContact, { params: { externalUserId } }, app.member('ZhouXiaolan')),
    ).toMatchObject({ name: '赵一鸣' })
    expect(await asked()).toBe(before)
  })

  test('a rep edits the remark: the sidebar has it without waiting for ten minutes', async () => {
    const show = () =>
      app.call(getContact, { params: { externalUserId: chen } }, app.member('ZhouXiaolan'))
    await show()
    await happen('contact.edit', {
      memberId: 'ZhouXiaolan',
      customerId: 'chenguodong',
      remark: '老陈',
    })
    expect((await show()).follow.remark).not.toBe('老陈')
    await arrivedAndHandled(1)
    expect((await show()).follow.remark).toBe('老陈')
  })

  const of = () => ({ corpId: app.corpId, userId: 'ZhouXiaolan', externalUserId: chen })

  test('a rep deletes the customer: the rep reads no more', async () => {
    expect(await follows(app.ctx, of())).toBe(true)
    await happen('contact.delete', { memberId: 'ZhouXiaolan', customerId: 'chenguodong' })
    await arrivedAndHandled(1)
    expect(await follows(app.ctx, of())).toBe(false)
  })

  test('a rep deletes the customer while WeCom is out of reach: the rep reads no more either', async () => {
    expect(await follows(app.ctx, of())).toBe(true)
    await happen('contact.delete', { memberId: 'ZhouXiaolan', customerId: 'chenguodong' })
    await app.sandbox?.door('POST', 'faults', {
      path: '/cgi-bin/externalcontact/get',
      status: 500,
      times: 100,
    })
    await arrivedAndHandled(1)
    expect(await follows(app.ctx, of())).toBe(false)
    const [row] = await app.db.select().from(callbacks).where(eq(callbacks.state, 'waiting'))
    expect(row?.tries).toBe(1)
  })

  test('the customer deletes the rep: WeCom still lists the rep, who reads no more until added again', async () => {
    expect(await follows(app.ctx, of())).toBe(true)
    await happen('contact.deleted-by-customer', {
      memberId: 'ZhouXiaolan',
      customerId: 'chenguodong',
    })
    await arrivedAndHandled(1)
    expect(await stored()).toMatchObject([
      { event: 'change_external_contact/del_follow_user', state: 'handled' },
    ])
    expect(await follows(app.ctx, of())).toBe(false)
    app.clock.advance(11 * 60_000)
    expect(await follows(app.ctx, of())).toBe(false)
    await happen('contact.add', { memberId: 'ZhouXiaolan', customerId: 'chenguodong' })
    await arrivedAndHandled(2)
    expect(await follows(app.ctx, of())).toBe(true)
  })
})
