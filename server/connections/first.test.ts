import { afterEach, beforeEach, expect, test } from 'vitest'
import { openShare } from '../../shared/contract/materials.ts'
import { getSession, getSettings, signUrl } from '../../shared/contract/session.ts'
import { visitorSeen } from '../identity/index.ts'
import { makeShare } from '../testing/factories.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import { connectAccount } from './connect.ts'
import { connectionOf } from './directory.ts'
import { connectFirstAccounts } from './first.ts'
import { operateConnections } from './operate.ts'
import { callbacks, connections, connectionSecrets, corps } from './tables.ts'

let app: TestApp
beforeEach(async () => {
  app = await makeTestApp()
})
afterEach(() => app.stop())

/** Returns the environment of another server on this database. */
function withEnvironment(changes: Partial<TestApp['first']>) {
  const config = { ...app.ctx.config, firstConnections: { ...app.first, ...changes } }
  return { ...app.ctx, config }
}

test('the first start connects what the environment names; a second start changes nothing', async () => {
  const before = await app.db.select().from(connections)
  expect(before.map(({ kind, platformId }) => [kind, platformId])).toEqual([
    ['wecom_app', app.first.app.agentId],
    ['miniprogram', app.first.miniprogram?.appId],
    ['official_account', app.first.officialAccount?.appId],
  ])
  expect(await connectFirstAccounts(app.ctx)).toEqual([])
  expect(await app.db.select().from(connections)).toEqual(before)
})

test('two servers that start at once connect each account once', async () => {
  await app.db.delete(connections)
  await app.db.delete(corps)
  const said = await Promise.all([connectFirstAccounts(app.ctx), connectFirstAccounts(app.ctx)])
  expect(said).toEqual([[], []])
  expect(await app.db.$count(connections)).toBe(3)
  expect(await app.db.$count(connectionSecrets)).toBe(3)
})

test('a variable that differs is said, and what is stored goes on counting', async () => {
  const other = { ...app.first.app, secret: 'another secret', appKind: 'customized' as const }
  const said = await connectFirstAccounts(withEnvironment({ app: other }))
  expect(said).toHaveLength(2)
  expect(said[0]).toMatch(/^WECOM_APP_KIND or WECOM_TRUSTED_HOSTS differs from what is stored/)
  expect(said[1]).toMatch(/^WECOM_AGENT_SECRET differs .*: npm run connections -- take$/)
  expect(said.join()).not.toContain('another secret')
  expect(connectionOf(app.ctx, 'wecom_app', { corpId: app.corpId }).appKind).toBe('own')
})

test('take lets the environment count, on every process', async () => {
  const beside = await makeTestApp({ beside: app })
  const lines: string[] = []
  const other = { ...app.first.app, secret: 'another secret', appKind: 'customized' as const }
  const ctx = withEnvironment({ app: other })
  await operateConnections(ctx, ['take'], (line) => lines.push(line))
  expect(lines).toEqual([
    'WECOM_APP_KIND or WECOM_TRUSTED_HOSTS was taken over for wecom_app 1000002.',
    'WECOM_AGENT_SECRET was taken over for wecom_app 1000002.',
  ])
  const which = { corpId: app.corpId }
  await expect.poll(() => connectionOf(beside.ctx, 'wecom_app', which).appKind).toBe('customized')
  await operateConnections(ctx, ['take'], (line) => lines.push(line))
  expect(lines.at(-1)).toBe('Nothing differs.')
  await beside.stop()
})

test('another name of the corp is said too, and taken over on every process', async () => {
  const beside = await makeTestApp({ beside: app })
  const ctx = withEnvironment({ corpName: '远山泵业' })
  expect(await connectFirstAccounts(ctx)).toEqual([
    expect.stringMatching(/^CORP_NAME differs from what is stored for corp /),
  ])
  const nameAt = async (at: TestApp) => (await at.call(getSettings, { query: {} })).corpName
  expect(await nameAt(app)).toBe('Chatside')
  const lines: string[] = []
  await operateConnections(ctx, ['take'], (line) => lines.push(line))
  expect(lines).toEqual([`CORP_NAME was taken over for corp ${app.corpId}.`])
  await expect.poll(() => nameAt(beside)).toBe('远山泵业')
  await beside.stop()
})

test('what the environment names for the first time later is connected then', async () => {
  const callback = { token: 'callbackToken', aesKey: 'A'.repeat(42) + 'E' }
  const app2 = { ...app.first.app, callback }
  expect(connectionOf(app.ctx, 'wecom_app', { corpId: app.corpId }).callback).toBeNull()
  expect(await connectFirstAccounts(withEnvironment({ app: app2 }))).toEqual([])
  expect(connectionOf(app.ctx, 'wecom_app', { corpId: app.corpId }).callback).toEqual(callback)
})

test('pushes of before belong to the connection of their own corp, of two that number an app alike', async () => {
  const at = app.clock.now()
  const push = {
    connection: '1000009',
    dedupeKey: 'id/1',
    event: 'text',
    message: '<xml/>',
    receivedAt: at,
    state: 'ignored',
    nextTryAt: at,
  }
  const [own, theirs] = [app.ctx.random.id(), app.ctx.random.id()]
  await app.db.insert(callbacks).values([
    { ...push, id: own, corpId: app.corpId },
    { ...push, id: theirs, corpId: 'wwother00000', dedupeKey: 'id/2' },
  ])
  const id = await connectAccount(app.ctx, {
    corpId: app.corpId,
    corpName: 'Chatside',
    kind: 'wecom_app',
    platformId: '1000009',
    settings: { appKind: 'own', trustedHosts: [] },
    secrets: { secret: 'a secret' },
  })
  const rows = await app.db.select().from(callbacks)
  expect(new Map(rows.map((row) => [row.id, row.connection]))).toEqual(
    new Map([
      [own, id],
      [theirs, '1000009'],
    ]),
  )
})

test('a mini program of another corp stays where it is', async () => {
  const appId = 'wx3333333333333333'
  await connectAccount(app.ctx, {
    corpId: 'wwother00000',
    corpName: '另一家',
    kind: 'miniprogram',
    platformId: appId,
    settings: {},
    secrets: { secret: 'a secret of theirs' },
  })
  const miniprogram = { appId, secret: 'a secret of ours' }
  expect(await connectFirstAccounts(withEnvironment({ miniprogram }))).toEqual([
    `miniprogram ${appId} is connected to corp wwother00000 and stays there.`,
  ])
})

test('an account that is connected cannot be connected twice', async () => {
  const account = {
    corpId: app.corpId,
    corpName: 'again',
    kind: 'wecom_app',
    platformId: app.first.app.agentId,
    settings: { appKind: 'own', trustedHosts: [] },
    secrets: { secret: 'another secret' },
  } as const
  await expect(connectAccount(app.ctx, account)).rejects.toThrow()
  // The corp keeps its name.
  expect(await app.call(getSettings, { query: {} })).toMatchObject({ corpName: 'Chatside' })
})

test('list tells each connection with the address for its callbacks', async () => {
  const lines: string[] = []
  await operateConnections(app.ctx, [], (line) => lines.push(line))
  const [wecom] = await app.db.select().from(connections)
  expect(lines[0]).toBe(`${app.corpId}  Chatside`)
  expect(lines).toContain(`    callbacks: ${app.url}/callbacks/wecom/${wecom?.id}`)
  expect(lines.join('\n')).not.toContain(app.first.app.secret)
  await expect(operateConnections(app.ctx, ['forget'], () => undefined)).rejects.toThrow('Say what')
})

test('remove puts a wrong first start right: the corp that it named is gone, on every process', async () => {
  const beside = await makeTestApp({ beside: app })
  const wrong = {
    corpId: 'wwtyped0wrong',
    corpName: '打错了',
    kind: 'wecom_app',
    platformId: '1000002',
    settings: { appKind: 'own', trustedHosts: [] },
    secrets: { secret: 'a secret of nobody' },
  } as const
  const id = await connectAccount(app.ctx, wrong)
  await expect(app.call(getSettings, { query: {} })).rejects.toMatchObject({ code: 'corp_unknown' })
  const lines: string[] = []
  await operateConnections(app.ctx, ['remove', id], (line) => lines.push(line))
  expect(lines).toEqual([`${id} is removed with its secrets. What came through it stays.`])
  expect(await app.db.$count(connections)).toBe(3)
  expect(await app.db.$count(connectionSecrets)).toBe(3)
  for (const one of [app, beside])
    await expect
      .poll(() => one.call(getSettings, { query: {} }).catch(() => null))
      .toMatchObject({ miniprogramAppId: app.first.miniprogram?.appId })
  for (const other of [id, 'nothing', app.ctx.random.id()])
    await expect(operateConnections(app.ctx, ['remove', other], () => 0)).rejects.toThrow('is no')
  await beside.stop()
})

test('a member whose app was removed signs in again; a member of another app stays', async () => {
  const account = { corpId: app.corpId, corpName: '', kind: 'wecom_app', settings: {} } as const
  const settings = { appKind: 'own', trustedHosts: [] }
  const secrets = { secret: 'a secret of the second app' }
  const second = { ...account, platformId: '1000009', settings, secrets }
  const id = await connectAccount(app.ctx, second)
  const memberIn = (agentId: string) => {
    const subject = { kind: 'member', corpId: app.corpId, userId: 'HanXue', agentId } as const
    return { Cookie: `chatside_member=${app.ctx.sessions.sign(subject, 3600).token}` }
  }
  const url = `${app.url}/sidebar/`
  const query = { kind: 'agent', url } as const
  expect(await app.call(getSession, {}, memberIn('1000009'))).toMatchObject({
    corp: { agentId: '1000009' },
  })
  await operateConnections(app.ctx, ['remove', id], () => undefined)
  for (const ask of [
    () => app.call(getSession, {}, memberIn('1000009')),
    () => app.call(signUrl, { query }, memberIn('1000009')),
  ])
    await expect(ask()).rejects.toMatchObject({ code: 'unauthenticated', status: 401 })
  const other = memberIn(app.first.app.agentId)
  expect(await app.call(getSession, {}, other)).toMatchObject({ kind: 'member' })
})

test('a corp that has a mini program and no app yet reads a push, by the user id of who sent it', async () => {
  const corpId = 'wwwithoutanapp'
  const appId = 'wx4444444444444444'
  await connectAccount(app.ctx, {
    corpId,
    corpName: '还没有应用',
    kind: 'miniprogram',
    platformId: appId,
    settings: {},
    secrets: { secret: 'a secret of theirs' },
  })
  const { identityId } = await visitorSeen(app.ctx, { corpId, appId, openid: 'oReader' })
  const share = await makeShare(app, { corpId })
  const { token } = app.ctx.sessions.sign({ kind: 'visitor', corpId, identityId }, 60)
  const as = { Authorization: `Bearer ${token}` }
  expect(await app.call(openShare, { params: { id: share } }, as)).toMatchObject({
    share: { memberName: 'ZhouXiaolan' },
  })
})
