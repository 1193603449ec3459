import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { endSession, getSession } from '../../../shared/contract/session.ts'
import { track } from '../../../shared/contract/track.ts'
import { endMemberSessions, notBeforeOf, sessionEnds } from '../../base/http/session/ends.ts'
import { contactPushes } from '../../contacts/pushes.ts'
import { visitorSeen } from '../../identity/index.ts'
import { openEventStream, type TestStream } from '../../testing/event-stream.ts'
import { makeContact, makeShare, makeVisitor, type TestContact } from '../../testing/factories.ts'
import { type As, makeTestApp, type TestApp } from '../../testing/test-app.ts'

/** Two servers on one database; pushes come to the first, streams are open at both. */
let first: TestApp
let second: TestApp
const opened: TestStream[] = []

beforeAll(async () => {
  first = await makeTestApp({ platformTimeoutMs: 200 })
  second = await makeTestApp({ beside: first, platformTimeoutMs: 200 })
})
afterEach(() => {
  for (const stream of opened.splice(0)) stream.close()
})
afterAll(async () => {
  await second.stop()
  await first.stop()
})

async function open(app: TestApp, personId: string, as: As): Promise<TestStream> {
  const stream = await openEventStream(app, `/api/persons/${personId}/moments/live`, as)
  expect(stream.response.status).toBe(200)
  opened.push(stream)
  return stream
}

function moments({ events }: TestStream): number {
  return events.filter(({ event }) => event === 'moment').length
}

/** Returns the code with which the stream has ended, or null while it goes on. */
function endOf({ events, ended }: TestStream): string | null {
  const end = events.find(({ event }) => event === 'end')
  return ended() && end ? (JSON.parse(end.data) as { code: string }).code : null
}

/** Returns a session that begins now, also after the member's sessions were ended. */
async function signIn(userId: string): Promise<As> {
  const { corpId } = first
  const notBefore = await notBeforeOf(first.ctx, { corpId, userId })
  const subject = { kind: 'member', corpId, userId } as const
  const { token } = first.ctx.sessions.sign(subject, { seconds: 3600, notBefore })
  return { Cookie: `chatside_member=${token}` }
}

/** Waits until a server refuses the session. Another server hears of the end within moments. */
async function expectOut(app: TestApp, as: As): Promise<void> {
  await expect
    .poll(() => app.call(getSession, {}, as).catch((error: { code: string }) => error.code))
    .toBe('unauthenticated')
}

async function readBy(contact: TestContact, unionid: string): Promise<() => Promise<void>> {
  const visitor = await makeVisitor(first)
  await visitorSeen(first.ctx, {
    corpId: first.corpId,
    appId: 'wx5e1f8c27d90b643a',
    openid: visitor.openid,
    unionid,
  })
  const shareId = await makeShare(first, { to: contact })
  return async () => {
    const event = {
      id: first.ctx.random.id(),
      kind: 'view.progress',
      occurredAt: first.clock.now().toISOString(),
      visitId: first.ctx.random.id(),
      shareId,
      activeSeconds: 5,
    }
    const sentAt = first.clock.now().toISOString()
    await first.call(track, { body: { sentAt, events: [event] } }, visitor.as)
  }
}

async function customer() {
  const unionid = `oUnionRights${first.ctx.random.token(8)}`
  const contact = await makeContact(first, { unionid, followers: ['ZhouXiaolan', 'HanXue'] })
  return { contact, read: await readBy(contact, unionid) }
}

function push(event: string, fields: Record<string, string>): Promise<void> {
  const handler = contactPushes.wecom?.[event]
  if (!handler) throw new Error(`nobody handles ${event}`)
  const xml = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  return handler(first.ctx, {
    corpId: first.corpId,
    event,
    message: `<xml>${xml.join('')}</xml>`,
  })
}

describe.each([
  ['the rep has deleted the customer', 'del_external_contact'],
  ['the customer has deleted the rep', 'del_follow_user'],
])('after %s', (_, change) => {
  test('the open streams of the rep end with the reason, on both servers; a colleague reads on', async () => {
    const { contact, read } = await customer()
    const rep = first.member('ZhouXiaolan')
    const [here, there] = [
      await open(first, contact.personId, rep),
      await open(second, contact.personId, rep),
    ]
    const colleague = await open(second, contact.personId, first.member('HanXue'))
    await read()
    for (const stream of [here, there, colleague]) await expect.poll(() => moments(stream)).toBe(1)

    // WeCom cannot be asked here, and the rep reads no more all the same.
    await push(`change_external_contact/${change}`, {
      UserID: 'ZhouXiaolan',
      ExternalUserID: contact.externalUserId,
      CreateTime: String(Math.floor(first.clock.now().getTime() / 1000) + 1),
    }).catch(() => undefined)
    for (const stream of [here, there])
      await expect.poll(() => endOf(stream)).toBe('contact_not_followed')
    await read()
    await expect.poll(() => moments(colleague)).toBe(2)
    expect([moments(here), moments(there)]).toEqual([1, 1])
    expect(endOf(colleague)).toBeNull()
  })
})

describe('a member who', () => {
  test.each([
    ['has left', 'delete_user', {}],
    ['was disabled', 'update_user', { Status: '2' }],
    ['quits', 'update_user', { Status: '5' }],
    ['got another id', 'update_user', { NewUserID: 'ZhouXiaolan2' }],
  ])('%s is signed out at once everywhere, and nobody else is', async (_, change, fields) => {
    const { contact, read } = await customer()
    const sessions = [await signIn('ZhouXiaolan'), await signIn('ZhouXiaolan')]
    expect(sessions[0]).not.toEqual(sessions[1])
    const colleague = first.member('HanXue')
    const streams = await Promise.all(
      sessions.flatMap((as) => [
        open(first, contact.personId, as),
        open(second, contact.personId, as),
      ]),
    )
    const others = await open(second, contact.personId, colleague)
    await push(`change_contact/${change}`, { UserID: 'ZhouXiaolan', ...fields })
    for (const stream of streams) await expect.poll(() => endOf(stream)).toBe('unauthenticated')
    for (const as of sessions) for (const app of [first, second]) await expectOut(app, as)
    await read()
    await expect.poll(() => moments(others)).toBe(1)
    for (const app of [first, second])
      expect(await app.call(getSession, {}, colleague)).toMatchObject({ kind: 'member' })
    // The member of another corp with the same id is somebody else.
    const elsewhere = { kind: 'member', corpId: 'wwother00000', userId: 'ZhouXiaolan' } as const
    const { token } = first.ctx.sessions.sign(elsewhere, 60)
    expect(first.ctx.memory.get(sessionEnds).stands(first.ctx.sessions.read(token))).toBe(true)
    // A session that begins after the return counts.
    expect(await second.call(getSession, {}, await signIn('ZhouXiaolan'))).toMatchObject({
      kind: 'member',
    })
  })

  test('left before this server started is not let in by it', async () => {
    const as = first.member('LiWeidong')
    await endMemberSessions(first.ctx, { corpId: first.corpId, userId: 'LiWeidong' })
    const third = await makeTestApp({ beside: first })
    try {
      await expect(third.call(getSession, {}, as)).rejects.toMatchObject({
        code: 'unauthenticated',
      })
    } finally {
      await third.stop()
    }
  })
})

describe('a member who signs out', () => {
  test('ends this session on both servers, also for a copy of the cookie; another one goes on', async () => {
    const { contact } = await customer()
    const [own, other] = [first.member('HanXue'), first.member('HanXue')]
    const stream = await open(second, contact.personId, own)
    const going = await open(second, contact.personId, other)
    const reply = await first.fetch('/api/session', { method: 'DELETE' }, own)
    expect([reply.status, reply.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringMatching(/^chatside_member=; Path=\/; Max-Age=0; HttpOnly/),
    ])
    await expect.poll(() => endOf(stream)).toBe('unauthenticated')
    for (const app of [first, second]) {
      await expectOut(app, own)
      expect(await app.call(getSession, {}, other)).toMatchObject({ kind: 'member' })
    }
    expect(endOf(going)).toBeNull()
  })

  test('is signed out under every spelling of the token', async () => {
    const as = first.member('HanXue')
    await first.call(endSession, {}, as)
    await expectOut(second, as)
    const cookie = as['Cookie'] ?? ''
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const spellings = [...alphabet].map((last) => cookie.slice(0, -1) + last)
    const letIn = await Promise.all(
      [...spellings, `${cookie}=`, `${cookie}.`].map(
        async (Cookie) => (await second.fetch('/api/session', {}, { Cookie })).ok,
      ),
    )
    expect(letIn).not.toContain(true)
  })

  test('cannot be signed out by a page of another site', async () => {
    const as = first.member('HanXue')
    const init = { method: 'DELETE', headers: { origin: 'https://evil.example.com' } }
    expect((await first.fetch('/api/session', init, as)).status).toBe(403)
    expect(await first.call(getSession, {}, as)).toMatchObject({ kind: 'member' })
  })
})

test('a customer who signs out ends this session on both servers, and another phone stays in', async () => {
  const { identityId, as } = await makeVisitor(first)
  const other = first.visitor(identityId)
  await first.call(endSession, {}, as)
  for (const app of [first, second]) {
    await expectOut(app, as)
    expect(await app.call(getSession, {}, other)).toMatchObject({ kind: 'visitor' })
  }
})
