import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import prettier from 'prettier'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from './lib/processes.mjs'

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)))
const pages = files.filter((file) => file.endsWith('.md') && !file.startsWith('.github/'))
const chinese = pages.filter((page) => page.endsWith('.zh-CN.md'))
const englishOf = (page: string) => page.replace('.zh-CN.md', '.md')

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

interface Block {
  language: string
  /** Without comments, because those are in the page's language. */
  code: string
}

/** Returns the fenced blocks of a page, in their order. */
function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = '', language = '', body = '']) => ({
      language,
      code: body
        .split('\n')
        .map((line) =>
          line
            .slice(indent.length)
            .replace(/(^|\s)(#|\/\/) .*$/, '')
            .trimEnd(),
        )
        .join('\n'),
    }),
  )
}

/** Returns the text outside of the fenced blocks. */
function proseOf(page: string): string {
  return page.replace(/^( *)```[\s\S]*?^\1```$/gm, '')
}

describe('a page in two languages', () => {
  test('going live, the sandbox, contributing and the front page are such pages', () => {
    expect(chinese).toEqual(
      expect.arrayContaining([
        'CONTRIBUTING.zh-CN.md',
        'README.zh-CN.md',
        'docs/going-live.zh-CN.md',
        'docs/sandbox.zh-CN.md',
      ]),
    )
  })

  test.each(chinese)('%s has the commands of the English page, in the same order', (page) => {
    const commands = blocksOf(read(page))
    expect(commands.length).toBeGreaterThan(0)
    expect(commands).toEqual(blocksOf(read(englishOf(page))))
  })

  test.each(chinese)('%s has the sections, lists and pictures of the English page', (page) => {
    const shape = (text: string) =>
      [...proseOf(text).matchAll(/^(#+|-|\d+\.)(?= )|^!\[[^\]]*(\]\(\S+\))/gm)].map(
        ([, mark, picture]) => picture ?? mark,
      )
    expect(shape(read(page))).toEqual(shape(read(englishOf(page))))
  })

  test.each(chinese)('%s is wrapped within a hundred columns, Han counting two', (page) => {
    const wide = read(page)
      .split('\n')
      .map((line, index) => `${index + 1}: ${prettier.util.getStringWidth(line)}`)
      .filter((line) => Number(line.split(': ')[1]) > 100)
    expect(wide).toEqual([])
  })

  test('blocks that differ in a command are told apart, comments are not looked at', () => {
    const block = (line: string) => blocksOf(['```sh', line, '```'].join('\n'))
    expect(block('npm start   # the whole product')).toEqual(block('npm start # 整个产品'))
    expect(block('npm start')).not.toEqual(block('npm test'))
    expect(block('curl "http://localhost:3100/#ledger"')[0]?.code).toContain('#ledger')
  })
})

describe('the pages', () => {
  test('name only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const unknown = pages.flatMap((page) =>
      [...read(page).matchAll(/npm run ([a-z][\w:]*)/g)]
        .filter(([, name = '']) => !(name in scripts))
        .map(([command]) => `${page}: ${command}`),
    )
    expect(unknown).toEqual([])
  })

  test('link to files that are there', () => {
    const lost = pages.flatMap((page) =>
      [...proseOf(read(page)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, to = '']) => join(dirname(page), to))
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${page}: ${path}`),
    )
    expect(lost).toEqual([])
  })

  test('name files and folders that are there', () => {
    // `replies` is the example of a domain that does not exist yet.
    const lost = pages.flatMap((page) =>
      [
        ...read(page).matchAll(
          /`((?:bench|docs|e2e|miniprogram|sandbox|scripts|server|shared|sidebar)\/[\w./-]+)`/g,
        ),
      ]
        .map(([, path = '']) => path)
        .filter((path) => !/\breplies\b/.test(path) && !existsSync(join(root, path)))
        .map((path) => `${page}: ${path}`),
    )
    expect(lost).toEqual([])
  })

  test('run tests by projects and paths that are there', () => {
    const projects = [...read('vite.config.ts').matchAll(/project\('(\w+)'/g)].map(
      ([, name]) => name,
    )
    const commands = pages.flatMap((page) =>
      [...read(page).matchAll(/npx (?:vitest|playwright)([^`\n]*)/g)].map(([, args = '']) => args),
    )
    expect(commands.length).toBeGreaterThan(4)
    for (const args of commands) {
      const [, project] = /--project (\w+)/.exec(args) ?? []
      if (project) expect(projects, args).toContain(project)
      for (const [path] of args.matchAll(/(?:server|sandbox|e2e)\/[\w/.-]+/g))
        expect(existsSync(join(root, path)), path).toBe(true)
    }
  })
})

describe('what GitHub and editors read', () => {
  interface Workflow {
    permissions: unknown
    jobs: Record<
      string,
      {
        'timeout-minutes': number
        steps: { uses?: string; run?: string; with?: Record<string, unknown> }[]
      }
    >
  }

  test('the workflow runs what .ci/run runs, on Node 20, in bounded time, without secrets', () => {
    const text = read('.github/workflows/ci.yml')
    const { permissions, jobs } = parse(text) as Workflow
    expect(permissions).toEqual({ contents: 'read' })
    expect(text).not.toMatch(/secrets\./)
    for (const job of Object.values(jobs)) {
      expect(job['timeout-minutes']).toBeLessThanOrEqual(60)
      const node = job.steps.find(({ uses }) => uses?.startsWith('actions/setup-node@'))
      expect(node?.with?.['node-version']).toBe(20)
      expect(job.steps.flatMap(({ run }) => run ?? [])).toEqual(['.ci/run'])
    }
    const mode = execFileSync('git', ['ls-files', '--stage', '.ci/run'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(mode).toMatch(/^100755/)
  })

  test('an issue form asks in both languages and demands what a helper needs first', () => {
    interface Form {
      name: string
      description: string
      body: {
        type: string
        id?: string
        attributes: Record<string, unknown>
        validations?: unknown
      }[]
    }
    const forms = files.filter((file) => /ISSUE_TEMPLATE\/(?!config).*\.yml$/.test(file))
    expect(forms).toHaveLength(3)
    for (const file of forms) {
      const { name, description, body } = parse(read(file)) as Form
      expect(name && description, file).toBeTruthy()
      const fields = body.filter(({ type }) => type !== 'markdown')
      expect(new Set(fields.map(({ id }) => id)).size, file).toBe(fields.length)
      for (const { attributes } of fields)
        expect(attributes['label'], file).toMatch(/^[\x20-\x7e]+ \/ .*\p{Script=Han}/u)
      expect(fields.filter(({ validations }) => validations).length, file).toBeGreaterThan(2)
    }
  })

  test('a pull request is asked for what STYLE asks for', () => {
    const list = read('.github/pull_request_template.md').match(/^- \[ \] .*$/gm) ?? []
    for (const word of [
      'sentence',
      'Two of everything',
      'CHANGELOG',
      'Chinese',
      'walls',
      'npm test',
    ])
      expect(
        list.some((line) => line.includes(word)),
        word,
      ).toBe(true)
  })

  test('the development container has Node 20, the ports of npm start, and the packages', () => {
    const container = JSON.parse(read('.devcontainer/devcontainer.json')) as {
      image: string
      forwardPorts: number[]
      postCreateCommand: Record<string, string>
    }
    expect(container.image).toMatch(/typescript-node:20-/)
    expect(container.postCreateCommand['packages']).toBe('npm ci')
    const ports = [...read('scripts/start.mjs').matchAll(/port\('\w+', (\d+)\)/g)].map(([, port]) =>
      Number(port),
    )
    expect(container.forwardPorts).toEqual(ports)
  })
})
