import { CacheInterface, Work } from 'node-easywechat'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { home } from '../home.ts'

/*
 * The package as a stranger gets it: packed into one file, installed into an empty folder, started
 * by its bin. Nothing of the repository is within its reach there.
 */
const built = fileURLToPath(new URL('../dist/sandbox/', home))
const parts = ['package.json', 'main.js', 'pages/desk/index.html', 'pages/inspector/index.html']

const runFile = promisify(execFile)
const installMs = 120_000
let folder: string

async function npm(...args: string[]): Promise<string> {
  const cli = process.env.npm_execpath
  const [file, first] = cli ? [process.execPath, [cli]] : ['npm', []]
  return (await runFile(file, [...first, ...args], { cwd: folder })).stdout
}

beforeAll(async () => {
  const missing = [...parts, 'types/client.d.ts'].filter((part) => !existsSync(join(built, part)))
  if (missing.length > 0)
    throw new Error(`dist/sandbox/ has no ${missing.join(', ')}: run \`npm run build\` first`)
  folder = await mkdtemp(join(tmpdir(), 'sandbox-package-'))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const packed = JSON.parse(await npm('pack', built, '--json', '--ignore-scripts')) as {
    filename: string
  }[]
  const quick = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']
  await npm('install', join(folder, packed[0]?.filename ?? ''), ...quick)
}, installMs)

afterAll(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true })
})

describe('the installed package', () => {
  let child: ChildProcess
  let origin: string
  let webviewOrigin: string

  beforeAll(async () => {
    child = spawn(join(folder, 'node_modules/.bin/chatside-sandbox'), {
      cwd: folder,
      env: { ...process.env, SANDBOX_PORT: '0', SANDBOX_WEBVIEW_PORT: '0', SANDBOX_SCENE: 'demo' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (!child.stdout) throw new Error('the program has no output')
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { port, webviewPort } = JSON.parse(line) as { port: number; webviewPort: number }
    origin = `http://localhost:${port}`
    webviewOrigin = `http://localhost:${webviewPort}`
  })

  afterAll(() => void child?.kill('SIGKILL'))

  it('serves an independent client of WeCom', async () => {
    const { env } = (await (await fetch(`${origin}/_sandbox/credentials`)).json()) as {
      env: Record<string, string>
    }
    const work = new Work({
      corp_id: env.WECOM_CORP_ID ?? '',
      secret: env.WECOM_AGENT_SECRET ?? '',
      token: '',
      aes_key: '',
      http: { baseURL: `${origin}/wecom/` },
    }).setCache(new NoCache())
    const params = { userid: 'ZhouXiaolan' }
    const list = await work.getClient().get('cgi-bin/externalcontact/list', { params })
    expect(list.toObject()).toMatchObject({
      errcode: 0,
      external_userid: expect.arrayContaining([expect.stringMatching(/^wm/)]),
    })
  })

  it('brings the desk, the inspector and what stands in front of pages', async () => {
    for (const page of [`${origin}/`, `${origin}/_sandbox/`]) {
      const html = await (await fetch(page)).text()
      const script = /src="([^"]+\.js)"/.exec(html)?.[1] ?? ''
      const answer = await fetch(new URL(script, page))
      expect(answer.headers.get('content-type'), page).toContain('javascript')
    }
    for (const file of [
      'client.js',
      'phone.js',
      'mini/runtime.js',
      'mini/frame.css',
      'mini/over.css',
    ]) {
      const answer = await fetch(`${webviewOrigin}/_webview/${file}`)
      expect(answer.status, file).toBe(200)
      expect((await answer.text()).length, file).toBeGreaterThan(1000)
    }
  })

  it('ends when it is asked to', async () => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    await expect(fetch(origin)).rejects.toThrow()
  })
})

it('can be imported by the names of its exports, and by no others', async () => {
  const program = [
    "import { startSandbox } from '@chatside/sandbox'",
    "import { connectSandbox } from '@chatside/sandbox/client'",
    "import { spawnSandbox } from '@chatside/sandbox/testing'",
    "import { readAddress } from '@chatside/sandbox/runtime/core/stack'",
    "import { readBundle } from '@chatside/sandbox/runtime/node/read-bundle'",
    "const hidden = await import('@chatside/sandbox/chunks/x.js').catch(({ code }) => code)",
    'const inside = await startSandbox()',
    "const beside = await spawnSandbox({ scene: 'empty' })",
    'const scenes = [await connectSandbox(inside.origin).state(), await beside.state()]',
    'await Promise.all([inside.close(), beside.stop()])',
    'const kinds = [typeof readAddress, typeof readBundle]',
    'console.log(JSON.stringify([hidden, ...scenes.map(({ scene }) => scene), ...kinds]))',
  ]
  await writeFile(join(folder, 'use.js'), program.join('\n'))
  const { stdout } = await runFile(process.execPath, ['use.js'], { cwd: folder })
  expect(JSON.parse(stdout)).toEqual([
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
    'demo',
    'empty',
    'function',
    'function',
  ])
})

it('is typed', async () => {
  const program = [
    "import { startSandbox, type Sandbox } from '@chatside/sandbox'",
    "import { connectSandbox, type DeskState } from '@chatside/sandbox/client'",
    "import { spawnSandbox } from '@chatside/sandbox/testing'",
    'const inside: Sandbox = await startSandbox()',
    'const state: DeskState = await connectSandbox(inside.origin).state()',
    "const beside = await spawnSandbox({ scene: 'empty' })",
    'const name: string = state.corp.name + beside.webviewOrigin',
    '// @ts-expect-error: there is no such scene',
    "await beside.reset('nowhere')",
    'export { name }',
  ]
  await writeFile(join(folder, 'use.ts'), program.join('\n'))
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022']
  const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', home))
  const complaints = await runFile(process.execPath, [compiler, ...options, 'use.ts'], {
    cwd: folder,
  }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  )
  expect(complaints).toBe('')
})

class NoCache extends CacheInterface {
  override get = () => Promise.resolve(undefined)
  override has = () => Promise.resolve(false)
  override set = () => Promise.resolve(true)
  override delete = () => Promise.resolve(true)
}
