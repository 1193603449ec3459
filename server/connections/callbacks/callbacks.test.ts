import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getContact } from '../../../shared/contract/contacts.ts'
import { once } from '../../base/db/jobs.ts'
import { follows } from '../../contacts/index.ts'
import { callsTo } from '../../testing/sandbox.ts'
import { makeTestApp, makeTwoTestApps, type TestApp } from '../../testing/test-app.ts'
import { contactPush, postPush, saveAddress, storedPushes } from '../../testing/wecom-push.ts'
import { callbacks } from '../tables.ts'
import { platformPushes } from './handle.ts'

let app: TestApp
/** A second server process on the same database. */
let beside: TestApp

beforeAll(async () => {
  ;[app, beside] = await makeTwoTestApps({ sandbox: true, platformTimeoutMs: 3_000 })
})
afterAll(() => app.stop())
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

function happen(name: string, body: object) {
  return app.sandbox?.door('POST', `happenings/${name}`, body)
}

/** Waits for the sandbox's pushes and handles them. */
async function arrivedAndHandled(count: number): Promise<void> {
  await expect.poll(() => app.db.$count(callbacks)).toBe(count)
  await once(app.ctx, platformPushes)
}

const asked = () => callsTo(app, '/cgi-bin/externalcontact/get')

async function externalIdOf(customerId: string): Promise<string> {
  const { customers } = (await app.sandbox?.door('GET', 'state')) as {
    customers: { id: string; externalUserId: string }[]
  }
  return customers.find(({ id }) => id === customerId)?.externalUserId ?? ''
}

describe('a push', () => {
  test('is kept as it came and acknowledged before it is handled', async () => {
    const message = contactPush(app, 'edit_external_contact', chen)
    const answer = await postPush(app, message)
    expect([answer.status, await answer.text()]).toEqual([200, 'success'])
    expect(await storedPushes(app)).toMatchObject([
      {
        message,
        event: 'change_external_contact/edit_external_contact',
        state: 'waiting',
        tries: 0,
        corpId: app.corpId,
      },
    ])
    await once(app.ctx, platformPushes)
    expect(await storedPushes(app)).toMatchObject([{ state: 'handled', tries: 1, error: null }])
  })

  test('that comes again, to whichever process, is one; two within a second are two', async () => {
    const message = contactPush(app, 'add_external_contact', chen)
    const answers = await Promise.all([
      postPush(app, message),
      postPush(app, message, {}, beside),
      postPush(app, message),
      postPush(app, message, {}, beside),
    ])
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(
      Array(4).fill('success'),
    )
    expect(await storedPushes(app)).toHaveLength(1)
    await postPush(app, message.replace(chen, 'wmSomebodyElse00000000000000000'))
    expect(await storedPushes(app)).toHaveLength(2)
  })

  test('that nobody needs is kept as ignored, one that cannot be read too', async () => {
    await postPush(app, '<xml><MsgType>event</MsgType><Event>enter_agent</Event></xml>')
    await postPush(app, 'this is no XML')
    await once(app.ctx, platformPushes)
    expect((await storedPushes(app)).map(({ event: name, state }) => [name, state])).toEqual([
      ['enter_agent', 'ignored'],
      ['unreadable', 'ignored'],
    ])
  })

  test('is handled at once where the jobs run', async () => {
    const running = await makeTestApp({ beside: app, platformTimeoutMs: 3_000 })
    running.app.startJobs()
    await postPush(app, contactPush(app, 'edit_external_contact', chen), {}, running)
    await expect
      .poll(async () => (await storedPushes(app))[0]?.state, { interval: 10, timeout: 1_500 })
      .toBe('handled')
    await running.stop()
  })

  test('is handled once by two processes', async () => {
    const ids = Array.from({ length: 6 }, (_, index) => `wmNobody${index}0000000000000000000`)
    await Promise.all(ids.map((id) => postPush(app, contactPush(app, 'add_external_contact', id))))
    const before = await asked()
    // Without the lock of each job: the rows alone must prevent double work.
    await Promise.all([platformPushes.run(app.ctx), platformPushes.run(beside.ctx)])
    expect(await asked()).toBe(before + ids.length)
    expect((await storedPushes(app)).map(({ state, tries }) => [state, tries])).toEqual(
      Array(6).fill(['handled', 1]),
    )
  })

  test('does not wait for the clock of the process that received it; a second try waits for its time', async () => {
    const inADay = new Date(app.clock.now().getTime() + 24 * 60 * 60_000)
    await postPush(app, contactPush(app, 'edit_external_contact', chen))
    await postPush(app, contactPush(app, 'add_external_contact', 'wmNobody00000000000000000000'))
    // As a process whose clock is a day ahead stores them.
    await app.db.update(callbacks).set({ receivedAt: inADay, nextTryAt: inADay })
    await app.db
      .update(callbacks)
      .set({ tries: 1 })
      .where(eq(callbacks.event, 'change_external_contact/add_external_contact'))
    await once(beside.ctx, platformPushes)
    const ends = (await storedPushes(app)).map((row) => [
      row.event.split('/')[1],
      row.state,
      row.tries,
    ])
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
    await postPush(app, contactPush(app, 'add_external_contact', chen))
    const waits: number[] = []
    for (let guard = 0; guard < 10; guard += 1) {
      await once(app.ctx, platformPushes)
      const [row] = await storedPushes(app)
      if (row?.state !== 'waiting') break
      const wait = row.nextTryAt.getTime() - app.clock.now().getTime()
      waits.push(wait)
      // It is not due, so it is not tried.
      await once(app.ctx, platformPushes)
      app.clock.advance(wait + 1)
    }
    expect(waits.every((wait, index) => index === 0 || wait > (waits[index - 1] ?? 0))).toBe(true)
    const [given] = await storedPushes(app)
    expect(given).toMatchObject({
      state: 'failed',
      tries: waits.length + 1,
      error: expect.stringContaining('500'),
    })
  })
})

describe('what the people of the sandbox do', () => {
  beforeEach(() => saveAddress(app))

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
    expect(await storedPushes(app)).toMatchObject([
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
