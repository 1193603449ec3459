import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { startEmbedded } from './base/db/embedded/embedded.ts'
import { freePort } from './testing/free-port.ts'
import { cloneDatabase, dropDatabase } from './testing/database/test-database.ts'

// These tests start whole processes, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000 })

const root = fileURLToPath(new URL('..', import.meta.url))

let dataDir: string
let database: string
let running: Server[]
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chatside-main-'))
  database = await cloneDatabase(inject('postgresUrl'))
  running = []
})
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL')
    await ended
  }
  await dropDatabase(inject('postgresUrl'), database)
  await rm(dataDir, { recursive: true, force: true })
})

interface Server {
  child: ChildProcess
  url: string
  said: () => string
  ended: Promise<number | null>
}

const accounts = {
  WECOM_API_URL: 'http://127.0.0.1:9/wecom',
  WECOM_CORP_ID: 'ww7c1d4e0fa2b95836',
  WECOM_AGENT_ID: '1000002',
  WECOM_AGENT_SECRET: 'a-secret-of-the-app',
}

function start(env: Record<string, string>): Server {
  const child = spawn(process.execPath, [inject('serverEntry')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: dataDir,
      DATABASE_URL: database,
      ...accounts,
      ...env,
    },
  })
  return watched(child, `http://localhost:${env['PORT']}`)
}

function watched(child: ChildProcessWithoutNullStreams, url: string): Server {
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const server = {
    child,
    url,
    said: () => output,
    ended: new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code))),
  }
  running.push(server)
  return server
}

async function listening(server: Server): Promise<void> {
  await expect.poll(server.said, { timeout: 30_000, interval: 20 }).toContain('"listening"')
}

describe('the server', () => {
  it('with a wrong variable ends with a sentence and nothing else', async () => {
    const server = start({ PORT: 'http' })
    expect(await server.ended).toBe(1)
    expect(server.said()).toBe('PORT must be a whole number, but is "http". Example: PORT=3000\n')
  })

  it('to which nothing is connected ends with a sentence for each variable that connects', async () => {
    const names = ['WECOM_CORP_ID', 'WECOM_AGENT_ID', 'WECOM_AGENT_SECRET']
    const server = start({
      PORT: String(await freePort()),
      LOG_LEVEL: 'silent',
      ...Object.fromEntries(names.map((name) => [name, ''])),
    })
    expect(await server.ended).toBe(1)
    const said = server.said().trimEnd().split('\n')
    expect(said.map((line) => line.split('=')[0])).toEqual(
      names.map((name) => `${name} is missing. Example: ${name}`),
    )
  })

  it('on a busy port ends with a sentence', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const server = start({ PORT: String(port) })
    expect(await server.ended).toBe(1)
    expect(server.said()).toMatch(
      new RegExp(`^PORT ${port} is in use by another program\\. .*Example: PORT=`, 'm'),
    )
    await new Promise((resolve) => other.close(resolve))
  })

  it('with a database that is not there ends with a sentence', async () => {
    const server = start({
      PORT: String(await freePort()),
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    })
    expect(await server.ended).toBe(1)
    expect(server.said()).toMatch(
      /^DATABASE_URL cannot be used: .*ECONNREFUSED.* Example: DATABASE_URL=postgres:/,
    )
  })

  it('starts twice at once on an empty database', async () => {
    const empty = await cloneDatabase(inject('postgresUrl'), 'template0')
    const servers = await Promise.all(
      [1, 2].map(async () => start({ PORT: String(await freePort()), DATABASE_URL: empty })),
    )
    await Promise.all(servers.map(listening))
    for (const { url } of servers) expect((await fetch(`${url}/api/health`)).status).toBe(200)
    for (const { child, ended } of servers) {
      child.kill('SIGTERM')
      expect(await ended).toBe(0)
    }
    await dropDatabase(inject('postgresUrl'), empty)
  })

  it('that is told to stop while its database starts leaves none running', async () => {
    // As root the database runs as another user, who must reach the folder.
    await chmod(dataDir, 0o755)
    const server = start({ PORT: String(await freePort()), DATABASE_URL: '' })
    const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid')
    await expect.poll(() => existsSync(pidFile), { timeout: 30_000, interval: 1 }).toBe(true)
    server.child.kill('SIGTERM')
    expect(await server.ended, server.said()).toBe(0)
    expect(existsSync(pidFile)).toBe(false)
  })

  it('that is told to stop finishes the request that it has accepted, and takes no new one', async () => {
    const server = start({ PORT: String(await freePort()) })
    await listening(server)
    const body = JSON.stringify({ ticket: 'x'.repeat(32), verifier: 'v'.repeat(43) })
    const call = request(`${server.url}/api/h5/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    })
    const answered = new Promise<number | undefined>((resolve, reject) => {
      call.once('response', (response) => resolve(response.resume().statusCode))
      call.once('error', reject)
    })
    // Half of the body is sent when the signal comes.
    await new Promise((resolve) => call.write(body.slice(0, 10), resolve))
    await fetch(`${server.url}/api/settings`)
    server.child.kill('SIGTERM')
    await expect.poll(server.said).toContain('stopping')
    await expect
      .poll(() =>
        fetch(`${server.url}/api/settings`).then(
          () => 'answers',
          () => 'refused',
        ),
      )
      .toBe('refused')
    call.end(body.slice(10))
    expect(await answered).toBe(401)
    expect(await server.ended).toBe(0)
  })

  it('writes no secret into its log', async () => {
    const server = start({ PORT: String(await freePort()), LOG_LEVEL: 'trace' })
    await listening(server)
    const secrets = [
      'secret-code',
      'secret-token',
      'secret-cookie',
      'a-secret-of-the-app',
      'secret-ticket-0000000',
    ]
    await fetch(`${server.url}/auth/wecom/callback?code=secret-code&state=x`)
    await fetch(`${server.url}/api/session`, {
      headers: { authorization: 'Bearer secret-token', cookie: 'chatside_member=secret-cookie' },
    })
    await fetch(`${server.url}/api/h5/session`, {
      method: 'POST',
      body: '{"ticket":"secret-ticket-0000000"}',
      headers: { 'content-type': 'application/json' },
    })
    await fetch(`${server.url}/api/miniprogram/session`, {
      method: 'POST',
      body: '{"appId":"wx5e1f8c27d90b643a","code":"secret-code"}',
      headers: { 'content-type': 'application/json' },
    })
    server.child.kill('SIGTERM')
    await server.ended
    expect(server.said()).toContain('/auth/wecom/callback')
    // Our own codes stay readable.
    expect(server.said()).toContain('"code":"state_invalid"')
    for (const secret of secrets) expect(server.said()).not.toContain(secret)
  })
})

const soon = { timeout: 50_000, interval: 50 }

async function health(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/health`).catch(() => null)
  await answer?.body?.cancel()
  return answer?.status ?? 0
}
const pidFile = () => join(dataDir, 'postgres', 'data', 'postmaster.pid')
async function postmaster(): Promise<number> {
  return Number((await readFile(pidFile(), 'utf8')).split('\n')[0])
}
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** As a supervisor runs it: the program alone, with nothing of ours around it. */
describe('the server alone', () => {
  beforeEach(() => chmod(dataDir, 0o755))

  it('whose embedded PostgreSQL is killed brings it back, and works on', async () => {
    const server = start({ PORT: String(await freePort()), DATABASE_URL: '' })
    await listening(server)
    const pid = server.child.pid
    const killed = await postmaster()
    process.kill(killed, 'SIGKILL')
    await expect
      .poll(async () => (await postmaster().catch(() => killed)) !== killed, soon)
      .toBe(true)
    await expect.poll(() => health(server.url), soon).toBe(200)
    expect((await fetch(`${server.url}/api/settings`)).status).toBe(200)
    expect([server.child.exitCode, server.child.pid]).toEqual([null, pid])
    server.child.kill('SIGTERM')
    expect(await server.ended, server.said()).toBe(0)
    expect(existsSync(pidFile())).toBe(false)
  })

  it('that is killed leaves no PostgreSQL behind, and starts again on what it had', async () => {
    const server = start({ PORT: String(await freePort()), DATABASE_URL: '' })
    await listening(server)
    const database = await postmaster()
    server.child.kill('SIGKILL')
    await server.ended
    await expect.poll(() => runs(database), soon).toBe(false)
    const again = start({ PORT: String(await freePort()), DATABASE_URL: '' })
    await listening(again)
    expect(await health(again.url)).toBe(200)
    again.child.kill('SIGTERM')
    expect(await again.ended).toBe(0)
  })

  it('that is killed while another uses the same PostgreSQL takes nothing from it', async () => {
    const [one, other] = [
      start({ PORT: String(await freePort()), DATABASE_URL: '' }),
      start({ PORT: String(await freePort()), DATABASE_URL: '' }),
    ]
    await Promise.all([one, other].map(listening))
    const database = await postmaster()
    one.child.kill('SIGKILL')
    await one.ended
    await expect.poll(() => readdir(join(dataDir, 'postgres.present')), soon).toHaveLength(1)
    expect([runs(database), await health(other.url)]).toEqual([true, 200])
    other.child.kill('SIGTERM')
    expect(await other.ended).toBe(0)
    await expect.poll(() => runs(database), soon).toBe(false)
  })

  it('whose PostgreSQL cannot come back ends with a sentence, so that it can be started anew', async () => {
    const server = start({ PORT: String(await freePort()), DATABASE_URL: '' })
    await listening(server)
    const killed = await postmaster()
    await rm(join(dataDir, 'postgres', 'data', 'global'), { recursive: true })
    process.kill(killed, 'SIGKILL')
    expect(await server.ended, server.said()).toBe(1)
    expect(server.said()).toMatch(/^The embedded PostgreSQL in .* could not be started again: /m)
  })

  it('with a PostgreSQL elsewhere says 503 while that is away, and works on once it is back', async () => {
    const away = await mkdtemp(join(tmpdir(), 'chatside-away-'))
    await chmod(away, 0o755)
    // Whoever runs that PostgreSQL brings it back after a while.
    let [lost, back] = [0, 0]
    const elsewhere = await startEmbedded(away, { settings: { fsync: 'off' } })
    try {
      const server = start({ PORT: String(await freePort()), DATABASE_URL: elsewhere.url })
      await listening(server)
      const pid = Number(
        (await readFile(join(away, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0],
      )
      const watching = setInterval(
        () =>
          void health(server.url).then((status) => {
            if (status === 503) lost += 1
            if (lost > 0 && status === 200) back += 1
          }),
        20,
      )
      process.kill(pid, 'SIGKILL')
      await expect.poll(() => lost, soon).toBeGreaterThan(0)
      await expect.poll(() => back, soon).toBeGreaterThan(0)
      clearInterval(watching)
      expect(server.child.exitCode).toBe(null)
      server.child.kill('SIGTERM')
      expect(await server.ended).toBe(0)
    } finally {
      await elsewhere.stop()
      await rm(away, { recursive: true, force: true })
    }
  })
})

describe('npm start', () => {
  beforeEach(() => chmod(dataDir, 0o755))

  /** What `npm start` does after building: the launcher with one server and its database. */
  async function launch(env: Record<string, string> = {}): Promise<Server> {
    const port = await freePort()
    const code = `
      import { launch, untilStopped } from './scripts/lib/launch.mjs'
      const launched = await launch({
        dataDir: ${JSON.stringify(dataDir)},
        ports: { servers: [${port}], sandbox: 0, webview: 0 },
        withSandbox: false,
      })
      console.log('ready', launched.servers[0].pid)
      await untilStopped(launched)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      cwd: root,
      env: { PATH: process.env['PATH'], ...accounts, ...env },
    })
    return watched(child, `http://localhost:${port}`)
  }

  it('brings a killed PostgreSQL back, and a killed server too, on the same data', async () => {
    const launcher = await launch()
    await expect.poll(launcher.said, soon).toContain('ready')
    const server = Number(/ready (\d+)/.exec(launcher.said())?.[1])
    const database = await postmaster()
    process.kill(database, 'SIGKILL')
    await expect
      .poll(async () => (await postmaster().catch(() => database)) !== database, soon)
      .toBe(true)
    await expect.poll(() => health(launcher.url), soon).toBe(200)
    expect(runs(server)).toBe(true)

    process.kill(server, 'SIGKILL')
    await expect.poll(launcher.said, soon).toContain('The server runs again.')
    expect(launcher.said()).toContain('The server ended by itself (SIGKILL).')
    expect(await health(launcher.url)).toBe(200)
    expect(runs(server)).toBe(false)

    launcher.child.kill('SIGINT')
    expect(await launcher.ended, launcher.said()).toBe(0)
    expect(existsSync(pidFile())).toBe(false)
    expect(await health(launcher.url)).toBe(0)
  })

  it('whose server ends again and again stops with a sentence, and leaves nothing running', async () => {
    const launcher = await launch()
    await expect.poll(launcher.said, soon).toContain('ready')
    await rm(join(dataDir, 'postgres', 'data', 'global'), { recursive: true })
    process.kill(await postmaster(), 'SIGKILL')
    expect(await launcher.ended).toBe(1)
    expect(launcher.said()).toContain('The server ended by itself (code 1).')
    expect(launcher.said()).toMatch(/The embedded PostgreSQL in .* did not start/)
    expect(await health(launcher.url)).toBe(0)
  })

  it('that is killed itself takes its server and its database with it', async () => {
    const launcher = await launch()
    await expect.poll(launcher.said, soon).toContain('ready')
    const server = Number(/ready (\d+)/.exec(launcher.said())?.[1])
    const database = await postmaster()
    launcher.child.kill('SIGKILL')
    await launcher.ended
    await expect.poll(() => [runs(server), runs(database)], soon).toEqual([false, false])
  })
})
