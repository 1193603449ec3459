import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { once } from '../../base/db/jobs.ts'
import { loadConfig } from '../../config.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { contactPush, storedPushes } from '../../testing/wecom-push.ts'
import { callbacks } from '../tables.ts'
import { forgetCallbacks } from './forget.ts'
import { platformPushes } from './handle.ts'
import { operateCallbacks } from './operate.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 3_000 })
})
afterAll(() => app.stop())
beforeEach(() => app.db.delete(callbacks))

// From the sandbox's scene: 陈国栋, a contact of 周晓岚.
const chen = 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo'

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
    message: contactPush(app, 'edit_external_contact', chen),
    receivedAt,
    state,
    tries: 6,
    nextTryAt: receivedAt,
    error,
  })
  return id
}

async function stateOf(id: string): Promise<string | undefined> {
  return (await storedPushes(app)).find((row) => row.id === id)?.state
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
    expect(await storedPushes(app)).toMatchObject(Array(2).fill({ tries: 1, error: null }))
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
    expect((await storedPushes(app)).map(({ id }) => id).sort()).toEqual(young.sort())
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
    expect(await storedPushes(app)).toEqual([])
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
