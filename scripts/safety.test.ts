import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { endpoints } from '../shared/contract/all.ts'
import { problems } from '../shared/contract/problems.ts'
import { errors as english } from '../shared/text/en/errors.ts'
import { errors as chinese } from '../shared/text/zh-CN/errors.ts'

const root = new URL('..', import.meta.url).pathname

/** Every file that is or would be committed. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)))

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** The file without its comments; lines keep their numbers. */
function code(file: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ')
  return read(file).replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|(?<=^|\s)\/\/ .*$/gm, blank)
}

/** `file:line: text` of every line that matches outside comments. */
function linesMatching(pattern: RegExp, among: RegExp, except: RegExp = /^$/): string[] {
  return files
    .filter((file) => among.test(file) && !except.test(file))
    .flatMap((file) =>
      code(file)
        .split('\n')
        .flatMap((line, index) =>
          pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [],
        ),
    )
}

interface Schema {
  type?: string
  entries?: Record<string, Schema>
  options?: unknown[]
  item?: Schema
  wrapped?: Schema
  pipe?: Schema[]
}

/** The names of every field in a schema, however deep. */
function fieldNames(schema: Schema | null | undefined, seen = new Set<unknown>()): string[] {
  if (!schema || typeof schema !== 'object' || seen.has(schema)) return []
  seen.add(schema)
  const inside = [
    schema.item,
    schema.wrapped,
    ...(schema.pipe ?? []),
    ...(schema.options ?? []),
    ...Object.values(schema.entries ?? {}),
  ]
  return [
    ...Object.keys(schema.entries ?? {}),
    ...inside.flatMap((part) => fieldNames(part as Schema, seen)),
  ]
}

describe('contract', () => {
  test('no reply carries a secret', () => {
    const secret = /secret|session_?key|access_?token|refresh_?token|ticket|aes_?key|password/i
    const leaks = Object.entries(endpoints).flatMap(([name, { reply }]) =>
      fieldNames(reply as Schema)
        .filter((field) => secret.test(field))
        .map((field) => `${name}: ${field}`),
    )
    expect(leaks).toEqual([])
    // The walk reaches the bottom: a field that is three levels down in a list of variants.
    expect(fieldNames(endpoints.getMaterial.reply as unknown as Schema)).toContain('height')
  })

  test('paths and methods are unique', () => {
    const routes = Object.values(endpoints).map(({ method, path }) => `${method} ${path}`)
    expect(new Set(routes).size).toBe(routes.length)
  })

  test('every path parameter is declared', () => {
    for (const [name, endpoint] of Object.entries(endpoints)) {
      const inPath = [...endpoint.path.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter).sort()
      const declared = 'params' in endpoint ? Object.keys(endpoint.params.entries).sort() : []
      expect(declared, name).toEqual(inPath)
    }
  })

  test('every declared endpoint is in the list that the server publishes', () => {
    const declared = files
      .filter((file) => /^shared\/contract\/(?!.*\.test\.ts$).*\.ts$/.test(file))
      .flatMap((file) =>
        [...read(file).matchAll(/^export const (\w+) = endpoint\(/gm)].map(([, name]) => name),
      )
    expect(Object.keys(endpoints).sort()).toEqual(declared.sort())
  })
})

describe('words', () => {
  test('every error has a sentence in both languages', () => {
    const codes = Object.keys(problems).sort()
    for (const words of [chinese, english]) {
      expect(Object.keys(words).sort()).toEqual(codes)
      expect(Object.values(words).filter((sentence) => sentence.trim().length < 2)).toEqual([])
    }
  })

  const han = /\p{Script=Han}/u

  test('Chinese words are Chinese, English ones hold none of it', () => {
    for (const file of files.filter((name) => name.startsWith('shared/text/zh-CN/')))
      expect(read(file), file).toMatch(han)
    // The switch to Chinese is for readers of Chinese.
    expect(
      linesMatching(han, /^shared\/text\/en\//).filter((line) => !line.includes(' switchLanguage')),
    ).toEqual([])
  })

  /** CJK and full-width punctuation, and the dot between facts unless CSS draws it. */
  const joint = /[\u3000-\u303f\uff00-\uffef]|(?<!content: ')·/

  test('English words hold no full-width punctuation either', () => {
    expect(linesMatching(/[\u3000-\u303f\uff00-\uffef]/, /^shared\/text\/en\//)).toEqual([])
  })

  test('the apps keep their words in shared/text, and what joins them', () => {
    expect(
      linesMatching(
        new RegExp(`${han.source}|${joint.source}`, 'u'),
        /^(sidebar|miniprogram|shared|server)\/.*\.(ts|vue)$/,
        // Except the texts themselves, tests, the demonstration, and examples of configuration.
        // What people write beside a phone number is read, not said.
        /^shared\/text\/|^shared\/rules\/phone-number\.ts$|\.test\.ts$|\/testing\/|^miniprogram\/harness\/|^server\/(seed\/|config)/,
      ),
    ).toEqual([])
  })
})

describe('server', () => {
  const tests = '\\.test\\.ts$|^server/testing/'

  test('time and randomness come in through the context', () => {
    // The database launcher, the session secret and the log work before there is a context. The
    // name of a temporary file means nothing.
    const before = new RegExp(
      `${tests}|^server/(main|base/clock|base/kept-secret|files/file-store)\\.ts$|^server/base/db/embedded/|^server/base/http/operator/logging\\.ts$`,
    )
    expect(
      linesMatching(
        /\bDate\.now\(|new Date\(\)|Math\.random\(|randomUUID\(/,
        /^server\/.*\.ts$/,
        before,
      ),
    ).toEqual([])
  })

  test('the environment is read in one place', () => {
    expect(
      linesMatching(
        /process\.env/,
        /^server\/.*\.ts$/,
        new RegExp(`${tests}|^server/(main|commands/run)\\.ts$|^server/base/db/embedded/`),
      ),
    ).toEqual([])
  })

  test('no module keeps anything: memory is opened in a domain and handed in', () => {
    // A program of its own, and the lock that works before there is a context.
    const before = new RegExp(`${tests}|^server/main\\.ts$|^server/base/db/embedded/lock\\.ts$`)
    const kept =
      /^(?:export )?(?:let \w|const \w+(?:: [^=]+)? = (?:new (?:Weak)?Map\b.*\(\)|new Set\b.*\(\)|\[\]))/
    expect(linesMatching(kept, /^server\/.*\.ts$/, before)).toEqual([])
  })

  test('a domain speaks SQL on its own tables only', () => {
    const owners = new Map(
      files
        .filter((file) => /^server\/[\w-]+\/tables\.ts$/.test(file))
        .flatMap((file) =>
          [...read(file).matchAll(/pgTable\(\s*'(\w+)'/g)].map(
            ([, table = '']) => [table, file.replace(/tables\.ts$/, '')] as const,
          ),
        ),
    )
    expect(owners.get('moments')).toBe('server/timeline/')
    // Hot paths, by decision; they only read. The timeline's read model is one round trip over many
    // tables. An event's statement also finds its share. A page's statement also checks the
    // reader's permission.
    const readModel =
      /^server\/(?:persons\/(?:may-read|names)|timeline\/(?:record|targets|page\/(?:queries|names)|events\/(?:share-facts|fold|store)|statistics\/(?:statistics|effects)))\.ts$/
    const foreign = files
      .filter(
        (file) =>
          /^server\/.*\.ts$/.test(file) && !new RegExp(tests).test(file) && !readModel.test(file),
      )
      .flatMap((file) =>
        [...code(file).matchAll(/\b(?:from|join|into|update)\s+(\w+)(?=[\s(])/g)]
          .filter(
            ([, table = '']) => owners.has(table) && !file.startsWith(owners.get(table) ?? ''),
          )
          .map(([statement]) => `${file}: ${statement}`),
      )
    expect(foreign).toEqual([])
  })
})

describe('drawers', () => {
  test('no folder of the server holds more than twelve files', () => {
    const counts = new Map<string, number>()
    for (const file of files.filter((one) => /^server\/.*(?<!\.test|\.d)\.(ts|mjs)$/.test(one))) {
      const folder = file.replace(/\/[^/]+$/, '')
      counts.set(folder, (counts.get(folder) ?? 0) + 1)
    }
    expect([...counts].filter(([, count]) => count > 12)).toEqual([])
  })
})

describe('personal data', () => {
  const identityColumn = /'(?:\w+_)?identity_ids?'|'external_userid'|'openid'|'unionid'/

  test('a table with an identity column belongs to a domain with `personal`', () => {
    const strangers = files
      .filter((file) => /^server\/.*tables\.ts$/.test(file) && identityColumn.test(code(file)))
      .map((file) => file.replace(/(?:db\/)?tables\.ts$/, 'domain.ts'))
      .filter((domain) => !/^ {2,4}personal: \{$/m.test(read(domain)))
    expect(strangers).toEqual([])
  })
})

describe('repository', () => {
  test('the lockfile has every platform of every optional package', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>
    }
    /** Searches as npm does: beside the package, then beside each package that holds it. */
    const has = (from: string, name: string): boolean =>
      `${from}/node_modules/${name}`.replace(/^\//, '') in packages ||
      (from !== '' && has(from.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, ''), name))
    const holes = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !has(path, name))
        .map((name) => `${path}: ${name}`),
    )
    expect(holes).toEqual([])
  })

  test('a composable stands in useX.ts', () => {
    expect(files.filter((file) => /(^|\/)use-[^/]*\.ts$/.test(file))).toEqual([])
  })

  test('no test sleeps', () => {
    expect(
      linesMatching(
        /\bsleep\(|waitForTimeout\(|await (wait|delay)\(\d/,
        /\.(test|spec)\.ts$/,
        /^scripts\/safety/,
      ),
    ).toEqual([])
  })

  test('nothing committed names a machine, a home directory or a package registry', () => {
    const places = ['work/main', 'work/shared', 'root/', 'home/[a-z]', 'Users/[a-z]'].map(
      (path) => `(?<![\\w.~-])/${path}`,
    )
    const registries = [
      ['registry', 'npmjs'],
      ['registry', 'npmmirror'],
      ['npm', 'taobao'],
    ].map((parts) => parts.join('\\.'))
    expect(
      linesMatching(
        new RegExp([...places, ...registries].join('|')),
        /\.(ts|mjs|js|vue|json|md|css|html|sql|ya?ml)$|^\.npmrc$|^\.ci\//,
      ),
    ).toEqual([])
  })

  test('third parties are called by no page', () => {
    const outside = /(?:src|href)="(?:https?:)?\/\//
    expect(linesMatching(outside, /^(sidebar|miniprogram|sandbox\/desk)\/.*\.(html|vue)$/)).toEqual(
      [],
    )
  })
})
