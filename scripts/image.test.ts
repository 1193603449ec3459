import { randomUUID } from 'node:crypto'
import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { build, shown } from './lib/builds.mjs'
import {
  commandsOf,
  environmentOf,
  isIgnored,
  layOut,
  readCompose,
  readDockerfile,
  readSettings,
  stepsOf,
} from './lib/containers.mjs'
import { freePorts } from './lib/launch.mjs'
import { root } from './lib/processes.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

/** The machine may be busy: it runs two test files at once. */
const patience = { timeout: 50_000, interval: 100 }
vi.setConfig({ testTimeout: 60_000 })

/** What an operator writes into `.env`: the examples of docs/going-live.md. */
const production = {
  PUBLIC_URL: 'https://chatside.example.com',
  SESSION_SECRET: 'a secret of more than thirty-two characters',
  WECOM_CORP_ID: 'ww1a2b3c4d5e6f7a8b',
  WECOM_AGENT_ID: '1000002',
  WECOM_AGENT_SECRET: 'the secret of the app',
}
const sandboxed = readSettings('compose.sandbox.env')

function read(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8')
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chatside-image-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Returns an empty folder with the files of a stage. */
async function image(stage: string): Promise<string> {
  const folder = await emptyFolder()
  layOut(stage, folder)
  return folder
}

/** Returns an empty database on the PostgreSQL that serves all tests; it has no tables. */
async function emptyDatabase(): Promise<string> {
  const url = new URL(inject('postgresUrl'))
  const name = `image_${randomUUID().replaceAll('-', '')}`
  await query(url.href, `create database ${name}`)
  url.pathname = `/${name}`
  return url.href
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

interface Container {
  /** Waits until the health check of the image succeeds. */
  healthy(): Promise<void>
  /**
   * Waits until the condition holds. When the program ends before, it fails with the program's
   * output.
   */
  whileItRuns(condition: Promise<unknown>): Promise<void>
  said(): string
  stop(): Promise<number | null>
}

/** Runs the command of a stage without a container: in its folder, with its environment only. */
function run(
  stage: string,
  folder: string,
  service: Record<string, string>,
  ours: (text: string) => string,
): Container {
  const { command, healthCheck } = commandsOf(stage)
  const env = Object.fromEntries(
    Object.entries({ ...environmentOf(stage), ...service }).map(([name, value]) => [
      name,
      ours(value),
    ]),
  )
  const [, ...args] = command
  expect(command[0]).toBe('node')
  const child = spawn(process.execPath, args, { cwd: folder, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (output += String(chunk)))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  onTestFinished(async () => void (await stop()))
  const ask = () => {
    const [, ...question] = healthCheck.map(ours)
    return promisify(execFile)(process.execPath, question, { cwd: folder, env })
  }
  const gone = ended.then((code) => {
    throw new Error(`the command of ${stage} ended with ${code}:\n${output}`)
  })
  const whileItRuns = async (condition: Promise<unknown>) => {
    await Promise.race([condition, gone])
  }
  return {
    said: () => output,
    stop,
    whileItRuns,
    healthy: () =>
      whileItRuns(expect.poll(() => ask().then(() => 'healthy', String), patience).toBe('healthy')),
  }
}

/** The names that a server's configuration knows. */
const known = new Set(
  [...read('server/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): \[/gm)].map(([, name = '']) => name),
)

beforeAll(() => build({ only: shown }), 300_000)

describe('the image of the server', () => {
  test('what it copies is enough to start in an empty folder, with an empty database', async () => {
    const [port = 0] = await freePorts(1, 5200)
    const databaseUrl = await emptyDatabase()
    const dataDir = await emptyFolder()
    const { server } = readCompose(production).services
    const ours = (text: string) =>
      text
        .replace(/^3000$/, String(port))
        .replace(/^\/data$/, dataDir)
        .replace(/^postgres:.*/, databaseUrl)
    const container = run('server', await image('server'), server?.environment ?? {}, ours)
    await container.healthy()
    const health = await fetch(`http://127.0.0.1:${port}/api/health`)
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'ok' }])
    for (const page of ['/sidebar/', '/h5/'])
      expect((await fetch(`http://127.0.0.1:${port}${page}`)).status, page).toBe(200)
    expect(await container.stop(), container.said()).toBe(0)
  })

  test('every file that the bundle looks for beside its sources is copied', async () => {
    const folder = await image('server')
    const bundle = read('dist/server/main.mjs')
    const looked = [
      ...bundle.matchAll(
        /new URL\(\s*["`]([^"`$]+)[^,]*,\s*new URL\("([^"]+)", import\.meta\.url\)/g,
      ),
    ].map(([, file = '', from = '']) => new URL(file, new URL(from, `file:///dist/server/`)))
    const missing = looked
      .map(({ pathname }) => pathname)
      .filter((path) => !existsSync(folder + path))
    expect(looked.length).toBeGreaterThan(4)
    // The demonstration catalogue belongs to the stage `demo`.
    expect(missing).toEqual(['/server/seed/assets/'])
  })

  test('it runs without privileges, and its data folder is its own', () => {
    for (const stage of ['server', 'demo', 'sandbox'])
      expect(stepsOf(stage).findLast(({ word }) => word === 'USER')?.rest, stage).toBe('node')
    const steps = stepsOf('server').map(({ word, rest }) => `${word} ${rest}`)
    const mine = steps.indexOf('RUN mkdir -p /data && chown node:node /data')
    expect(mine).toBeGreaterThan(-1)
    expect(steps.indexOf('USER node')).toBeGreaterThan(mine)
    expect(steps.indexOf('VOLUME /data')).toBeGreaterThan(mine)
    expect(environmentOf('server')['DATA_DIR']).toBe('/data')
  })
})

describe('the sandbox profile', () => {
  const { services } = readCompose(sandboxed)
  const stage = services.server?.build?.target ?? ''

  test('sandbox and server know each other by what compose.yaml tells them', async () => {
    const [port = 0, sandboxPort = 0, webviewPort = 0] = await freePorts(3, 5300)
    const dataDir = await emptyFolder()
    const databaseUrl = await emptyDatabase()
    const ours = (text: string) =>
      text
        .replace('http://sandbox:3100', `http://127.0.0.1:${sandboxPort}`)
        .replace('http://server:3000', `http://127.0.0.1:${port}`)
        .replace(/(?<=localhost:|127\.0\.0\.1:)3100\b/, String(sandboxPort))
        .replace('localhost:3101', `localhost:${webviewPort}`)
        .replace(/^3000$/, String(port))
        .replace(/^\/data$/, dataDir)
        .replace(/^postgres:.*/, databaseUrl)
    const ports = {
      SANDBOX_PORT: String(sandboxPort),
      SANDBOX_WEBVIEW_PORT: String(webviewPort),
    }
    // The stage of the sandbox holds the whole repository after a build, just as this folder does.
    const sandbox = run('sandbox', root, { ...services.sandbox?.environment, ...ports }, ours)
    const settings = { ...services.server?.environment, CHATSIDE_SEED: '' }
    const server = run(stage, await image(stage), settings, ours)
    await Promise.all([sandbox.healthy(), server.healthy()])

    // The other containers come from another address than this machine.
    const another = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1'
    expect((await fetch(`http://${another}:${port}/api/health`)).status).toBe(200)
    const credentials = (await (
      await fetch(`http://${another}:${sandboxPort}/_sandbox/credentials`)
    ).json()) as { env: Record<string, string> }
    expect(Object.entries(sandboxed).map(([name, value]) => [name, ours(value)])).toEqual(
      expect.arrayContaining(Object.entries(credentials.env)),
    )
    const page = await fetch(`http://localhost:${webviewPort}/sidebar/`)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('/_webview/')])
    expect(await server.stop(), server.said()).toBe(0)
  })

  test('the demonstration catalogue comes in, drawn by the packages of the image', async () => {
    const dataDir = await emptyFolder()
    const databaseUrl = await emptyDatabase()
    const ours = (text: string) =>
      text.replace(/^\/data$/, dataDir).replace(/^postgres:.*/, databaseUrl)
    const settings = services.server?.environment ?? {}
    expect(settings['CHATSIDE_SEED']).toBe('1')
    const server = run(stage, await image(stage), settings, ours)
    // A document is drawn page by page, so its worker, pdf.js, the canvas and sharp must be there.
    const documents = () =>
      query(databaseUrl, `select 1 from materials where kind = 'file'`).catch(() => [])
    await server.whileItRuns(expect.poll(documents, patience).not.toEqual([]))
    await server.stop()
  })
})

describe('the settings', () => {
  const { services } = readCompose(sandboxed)
  const own = /^(SANDBOX_|SERVER_|DATABASE_PASSWORD|POSTGRES_)/
  /** Used by the mini program's build. */
  const elsewhere = new Set(['VITE_API_BASE'])

  test('every variable that the images, compose.yaml and the pages name exists', () => {
    const sandboxKnows = read('sandbox/main.ts')
    const named = [
      ...['server', 'demo', 'sandbox'].flatMap((stage) => Object.keys(environmentOf(stage))),
      ...Object.values(services).flatMap((service) => Object.keys(service.environment ?? {})),
      ...Object.keys(sandboxed),
    ]
    expect(named.length).toBeGreaterThan(40)
    for (const name of named.filter((one) => !own.test(one))) expect(known, name).toContain(name)
    for (const name of named.filter((one) => one.startsWith('SANDBOX_')))
      expect(sandboxKnows, name).toContain(name)
    for (const page of ['docs/going-live.md', 'docs/going-live.zh-CN.md'])
      for (const [, name = ''] of read(page).matchAll(/\b([A-Z]{3,}(?:_[A-Z]+)+)\b/g))
        expect(own.test(name) || known.has(name) || elsewhere.has(name), name).toBe(true)
  })

  test('compose.yaml passes on every variable that the server knows', () => {
    const given = Object.keys(services.server?.environment ?? {})
    const fixed = Object.keys(environmentOf('server'))
    expect([...known].filter((name) => ![...given, ...fixed].includes(name))).toEqual([])
    expect(Object.keys(services.operator?.environment ?? {})).toEqual(expect.arrayContaining(given))
  })

  test('the server logs in where compose.yaml has its database', () => {
    const { environment } = services.database ?? {}
    const url = new URL(services.server?.environment?.['DATABASE_URL'] ?? '')
    expect([url.hostname, url.username, url.password, url.pathname]).toEqual([
      'database',
      environment?.['POSTGRES_USER'],
      environment?.['POSTGRES_PASSWORD'],
      `/${environment?.['POSTGRES_DB']}`,
    ])
    expect(services.database?.healthcheck?.test).toEqual([
      'CMD',
      'pg_isready',
      `--username=${url.username}`,
      `--dbname=${url.pathname.slice(1)}`,
    ])
  })

  test('services, stages, volumes and ports fit each other', () => {
    const { volumes } = readCompose({})
    const stages = readDockerfile()
    for (const [name, service] of Object.entries(services)) {
      if (service.build) expect([...stages.keys()], name).toContain(service.build.target)
      for (const other of Object.keys(service.depends_on ?? {}))
        expect(services[other]?.healthcheck, `${name} waits for ${other}`).toBeDefined()
      for (const volume of service.volumes ?? [])
        expect(Object.keys(volumes), name).toContain(volume.split(':')[0])
      const open = service.build ? stepsOf(service.build.target) : []
      const exposed = open.flatMap(({ word, rest }) => (word === 'EXPOSE' ? rest.split(' ') : []))
      for (const port of service.ports ?? [])
        expect(exposed, name).toContain(port.split(':').at(-1))
    }
    expect(services.sandbox?.profiles).toEqual(['sandbox'])
    expect(readCompose({}).services.server?.build?.target).toBe([...stages.keys()].at(-1))
  })
})

test('what the images are built with exists: the npm scripts, and the sources they read', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const runs = [...readDockerfile().values()].flatMap(({ steps }) =>
    steps.flatMap(({ word, rest }) => (word === 'RUN' ? [rest] : [])),
  )
  for (const line of runs)
    expect(line).toMatch(/^npm ci --(include|omit)=dev$|^npm run \w+$|^mkdir -p \/data && chown /)
  for (const line of runs.filter((one) => one.startsWith('npm run ')))
    expect(Object.keys(scripts)).toContain(line.slice('npm run '.length))
  const sources = ['package.json', 'package-lock.json', 'vite.config.ts', 'tsconfig.base.json']
  const folders = ['sidebar', 'miniprogram', 'server', 'shared', 'sandbox', 'scripts']
  expect([...sources, ...folders].filter((path) => isIgnored(path))).toEqual([])
  for (const path of ['.env', '.data', '.git', 'node_modules', 'dist'])
    expect(isIgnored(path), path).toBe(true)
})
