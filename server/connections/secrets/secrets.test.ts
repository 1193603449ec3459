import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { signUrl } from '../../../shared/contract/session.ts'
import { makeApp } from '../../app.ts'
import { openLog } from '../../base/http/operator/logging.ts'
import { loadConfig } from '../../config.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { connectionSecrets, platformTokens, secretKeys } from '../tables.ts'
import { SecretsError } from './installation-key.ts'
import { lockedValues, setLockedValue } from './locked-values.ts'
import { operateSecrets } from './operate.ts'
import { vault } from './vault.ts'

let app: TestApp
beforeEach(async () => {
  app = await makeTestApp({ sandbox: false })
})
afterEach(() => app.stop())

const place = { column: 'connection_secrets.value', row: 'a/secret' }

function keeper() {
  return app.ctx.memory.get(vault)
}

/** Returns everything in the database as one text. */
async function everything(): Promise<string> {
  const { rows } = await app.db.$client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  )
  const texts: string[] = []
  for (const { name } of rows) {
    const table = await app.db.$client.query<{ text: string }>(
      `select one::text as text from ${name} as one`,
    )
    texts.push(...table.rows.map(({ text }) => text))
  }
  return texts.join('\n')
}

/** Starts another server on this database, with another environment. Returns its error. */
async function startBeside(env: Record<string, string>): Promise<unknown> {
  const config = await loadConfig({ ...app.env, ...env })
  const beside = await makeApp({
    config,
    databaseUrl: app.databaseUrl,
    log: openLog(config),
  }).catch((error: unknown) => error)
  if (beside instanceof Error) return beside
  await (beside as Awaited<ReturnType<typeof makeApp>>).close()
  return 'started'
}

async function otherFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chatside-keys-'))
  await chmod(folder, 0o755)
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

describe('the secrets of connected accounts', () => {
  test('stand nowhere in the database in clear text, and are used all the same', async () => {
    const { first } = app
    const clear = [
      first.app.secret,
      first.miniprogram?.secret ?? '-',
      first.officialAccount?.secret ?? '-',
    ]
    const text = await everything()
    expect(clear.filter((secret) => text.includes(secret))).toEqual([])
    expect(await app.db.$count(connectionSecrets)).toBe(3)
  })

  test('are refused when one was copied over another', async () => {
    const rows = await app.db.select().from(connectionSecrets)
    const [one, other] = rows
    await app.db
      .update(connectionSecrets)
      .set({ value: one?.value ?? '' })
      .where(eq(connectionSecrets.connectionId, other?.connectionId ?? ''))
    const said = await startBeside({})
    expect(said).toBeInstanceOf(SecretsError)
    expect(String(said)).toContain('it was changed, or belongs to another row')
  })

  test('do not open in another column, though the row and the key are the same', async () => {
    const locked = await keeper().lock('x', place)
    const elsewhere = { ...place, column: 'platform_tokens.value' }
    await expect(keeper().unlock(locked, elsewhere)).rejects.toThrow('belongs to another row')
    expect(await keeper().unlock(locked, place)).toBe('x')
  })

  test('of a token too are encrypted, and another process reads them', async () => {
    const own = await makeTestApp({ sandbox: true })
    const other = await makeTestApp({ beside: own })
    try {
      const url = `${own.ctx.config.publicUrl}/sidebar/`
      const query = { kind: 'agent', url } as const
      await own.call(signUrl, { query }, own.member('ZhouXiaolan'))
      const rows = await own.db.select().from(platformTokens)
      expect(rows.map(({ value }) => /^v1\.[\w-]+\./.test(value ?? ''))).toEqual([true, true])
      await other.call(signUrl, { query }, other.member('ZhouXiaolan'))
      const { items } = (await own.sandbox?.door('GET', 'calls')) as { items: { path: string }[] }
      expect(items.filter(({ path }) => path.endsWith('/ticket/get'))).toHaveLength(1)
    } finally {
      await other.stop()
      await own.stop()
    }
  })
})

describe('the key of the installation', () => {
  const key = randomBytes(32).toString('base64')

  test('is made on the first start, in a file for this user only', async () => {
    const file = join(app.ctx.config.dataDir, 'secrets-key')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(Buffer.from(await readFile(file, 'utf8'), 'base64')).toHaveLength(32)
    expect(await startBeside({})).toBe('started')
  })

  test('in the variable and in the file must be one: two that differ stop the start', async () => {
    const said = await startBeside({ SECRETS_KEY: key })
    expect(said).toBeInstanceOf(SecretsError)
    expect(String(said)).toContain('are different keys')
  })

  test('may stand in the variable alone, when it is the right one', async () => {
    const file = join(app.ctx.config.dataDir, 'secrets-key')
    const right = (await readFile(file, 'utf8')).trim()
    expect(await startBeside({ DATA_DIR: await otherFolder(), SECRETS_KEY: right })).toBe('started')
    expect(await startBeside({ SECRETS_KEY: right })).toBe('started')
  })

  test('that is wrong stops the start with a sentence', async () => {
    const said = await startBeside({ DATA_DIR: await otherFolder(), SECRETS_KEY: key })
    expect(said).toBeInstanceOf(SecretsError)
    expect(String(said)).toContain('is not the one that the secrets in the database were locked')
  })

  test('that is missing is not made anew where secrets are locked with it', async () => {
    const folder = await otherFolder()
    const said = await startBeside({ DATA_DIR: folder })
    expect(String(said)).toContain('their key is neither in SECRETS_KEY nor in the file')
    await expect(readFile(join(folder, 'secrets-key'))).rejects.toThrow('ENOENT')
  })

  test('in a file that lost its content is said to be lost', async () => {
    const folder = await otherFolder()
    await writeFile(join(folder, 'secrets-key'), '')
    expect(String(await startBeside({ DATA_DIR: folder }))).toContain('holds no key')
  })

  test('is told from a damaged row', async () => {
    const [row] = await app.db.select().from(secretKeys)
    const wrapped = (row?.wrapped ?? '').replace(/^./, (one) => (one === 'A' ? 'B' : 'A'))
    await app.db.update(secretKeys).set({ wrapped })
    expect(String(await startBeside({}))).toContain(`The row ${row?.id} of secret_keys is damaged`)
  })

  test('is one when two servers start at once on an empty database', async () => {
    const [first] = await app.db.select().from(secretKeys)
    await app.db.delete(connectionSecrets)
    await app.db.delete(secretKeys)
    expect(await Promise.all([startBeside({}), startBeside({})])).toEqual(['started', 'started'])
    const rows = await app.db.select().from(secretKeys)
    expect(rows).toHaveLength(1)
    expect(rows[0]?.id).not.toBe(first?.id)
  })
})

describe('npm run secrets', () => {
  const lines: string[] = []
  const operate = (target: TestApp, ...args: string[]) =>
    operateSecrets(target.ctx, args, (line) => lines.push(line))
  beforeEach(() => {
    lines.length = 0
  })

  test('rotate locks every secret with a new key; a server that runs reads them at once', async () => {
    const beside = await makeTestApp({ beside: app })
    const before = await app.db.select().from(connectionSecrets)
    const [old] = await app.db.select().from(secretKeys)
    app.clock.advance(60_000)
    await operate(app, 'rotate')
    const after = await app.db.select().from(connectionSecrets)
    expect(after.map(({ value }) => value.split('.')[1])).not.toContain(old?.id)
    expect(after).toHaveLength(before.length)
    expect(lines[0]).toMatch(
      /^3 secrets are locked with the new key .+; 0 old keys were removed\.$/,
    )
    const { connectionId = '', name = '', value = '' } = after[0] ?? {}
    const there = { column: 'connection_secrets.value', row: `${connectionId}/${name}` }
    const plain = await beside.ctx.memory.get(vault).unlock(value, there)
    expect(plain.length).toBeGreaterThan(8)
    // The other server locks its next values with the new key too.
    const locked = await beside.ctx.memory.get(vault).lock('x', place)
    expect(locked.split('.')[1]).toBe(value.split('.')[1])
    await beside.stop()
  })

  test('rotate puts nothing over a value that another server wrote meanwhile', async () => {
    await app.db
      .insert(platformTokens)
      .values({ key: 'wecom/ww1/1/access_token', value: await keeper().lock('x', place) })
    const read = await lockedValues(app.db)
    expect(read).toHaveLength(4)
    await app.db.update(platformTokens).set({ value: 'newer' })
    await app.db.update(connectionSecrets).set({ value: 'newer' })
    for (const { place: there, locked } of read)
      expect(await setLockedValue(app.db, { place: there, from: locked, to: 'older' })).toBe(false)
    const now = await lockedValues(app.db)
    expect(now.map(({ locked }) => locked)).toEqual(['newer', 'newer', 'newer', 'newer'])
  })

  test('rotate after the clock was set back writes with the new key all the same', async () => {
    const [old] = await app.db.select().from(secretKeys)
    app.clock.advance(-60_000)
    await operate(app, 'rotate')
    const after = await app.db.select().from(connectionSecrets)
    expect(after.map(({ value }) => value.split('.')[1])).not.toContain(old?.id)
    expect(lines[0]).toMatch(/^3 secrets are locked with the new key/)
  })

  test('a server that runs while the installation’s key and then the data key change goes on', async () => {
    const next = randomBytes(32).toString('base64')
    const env = { ...app.env, NEXT_SECRETS_KEY: next }
    const own = await makeTestApp({ beside: app, env })
    await operate(own, 'rewrap')
    await own.stop()
    const later = await makeTestApp({ beside: app })
    await operate(later, 'rotate')
    await later.stop()
    expect(await keeper().unlock(await keeper().lock('x', place), place)).toBe('x')
  })

  test('a key that locks nothing any more is removed, an hour after the last write with it', async () => {
    await operate(app, 'rotate')
    app.clock.advance(59 * 60_000)
    await operate(app, 'rotate')
    expect(await app.db.$count(secretKeys)).toBe(3)
    app.clock.advance(61 * 60_000)
    await operate(app, 'rotate')
    expect(await app.db.$count(secretKeys)).toBe(2)
    expect(await startBeside({})).toBe('started')
  })

  test('rewrap changes the installation’s key, in its file too; the old one opens nothing', async () => {
    const file = join(app.ctx.config.dataDir, 'secrets-key')
    const old = (await readFile(file, 'utf8')).trim()
    const next = randomBytes(32).toString('base64')
    const own = await makeTestApp({ beside: app, env: { ...app.env, NEXT_SECRETS_KEY: next } })
    await operate(own, 'rewrap')
    await own.stop()
    expect(lines).toEqual([
      '1 data keys are locked with the new key of this installation.',
      'The file secrets-key holds it now.',
    ])
    expect((await readFile(file, 'utf8')).trim()).toBe(next)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await startBeside({})).toBe('started')
    const said = await startBeside({ DATA_DIR: await otherFolder(), SECRETS_KEY: old })
    expect(said).toBeInstanceOf(SecretsError)
    // The server that ran meanwhile goes on.
    expect(await keeper().unlock(await keeper().lock('x', place), place)).toBe('x')
  })

  test('without a new key, or with other words, says what is missing', async () => {
    await expect(operate(app, 'rewrap')).rejects.toThrow('Set NEXT_SECRETS_KEY')
    for (const words of [[], ['rotate', 'now'], ['forget']])
      await expect(operate(app, ...words)).rejects.toThrow('Say what to do')
  })
})
