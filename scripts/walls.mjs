// The walls of the house as one table: who may import what. ESLint's `no-restricted-imports` sees
// only the written specifier, and no dynamic imports. These rows compare files, so they hold at any
// depth. `walls.test.ts` plants a violation of each.
import { builtinModules } from 'node:module'
import { posix, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @typedef {object} Wall
 * @property {RegExp} in the files behind the wall; its first group is `$1` in `except` and `ours`
 * @property {RegExp} [not] files of the same folder that the wall does not concern
 * @property {string[]} [ours] the only paths of ours that may be imported (prefix, or the whole
 * path)
 * @property {RegExp} [never] what may not be imported: a path from the root, or a package
 * @property {RegExp} [except] what of `never` is allowed all the same
 * @property {string[]} [packages] the only packages that may be imported
 * @property {string[]} [globals] names that may not be used
 * @property {string} why
 */

const tests = /\.test\.ts$/
/**
 * The floors of `server/`. An import goes down, never up and never sideways between two folders of
 * one floor; imports of types count. A folder gets its floor here before it gets its first file.
 */
export const floors = [
  ['base'],
  ['platforms'],
  ['files', 'audit'],
  ['connections'],
  ['timeline'],
  ['identity'],
  ['contacts'],
  ['persons', 'materials', 'equipment', 'licences'],
  ['sign-in', 'shares', 'replies', 'accounts', 'sites'],
  ['workorders', 'tasks'],
  ['segments'],
  ['journeys', 'reports', 'privacy'],
]
/**
 * Each domain's `routes.ts` and `domain.ts`, and the demonstration. They may import any `index.ts`.
 */
const surface = 12
const app = 13
const top = 14
/** Folders without an `index.ts` rule: higher floors may import any of their files. */
const open = new Set(['base', 'platforms', 'seed'])

const domains = floors.slice(2).flat().join('|')

/** @typedef {{ rank: number, folder: string, file: string }} Place */

/**
 * Returns the floor and folder of a file of `server/`, or undefined when its folder has no floor.
 * @param {string} path from the root
 * @returns {Place | undefined}
 */
export function placeOf(path) {
  const [, folder = '', ...rest] = path.split('/')
  const file = rest.join('/')
  if (path === 'server/domain.ts' || path === 'server/config.ts')
    return { rank: 0, folder: 'base', file: folder }
  if (path === 'server/app.ts') return { rank: app, folder: '', file: folder }
  if (path === 'server/main.ts' || folder === 'commands') return { rank: top, folder, file }
  if (folder === 'seed') return { rank: surface, folder, file }
  const rank = floors.findIndex((names) => names.includes(folder))
  if (rank < 0) return undefined
  const isSurface = !open.has(folder) && (file === 'routes.ts' || file === 'domain.ts')
  return { rank: isSurface ? surface : rank, folder, file }
}

const stairs = 'an import goes down the floors of server/, never up and never sideways'

/**
 * Returns why a file of `server/` may not import another one, or undefined.
 * @param {string} from
 * @param {string} to
 */
function floorRefusal(from, to) {
  const [here, there] = [placeOf(from), placeOf(to)]
  if (!here || !there) return 'a folder of server/ has its floor in scripts/walls.mjs'
  if (/^server\/[^/]+\/domain\.ts$/.test(to) && here.rank !== app)
    return 'only app.ts knows what a domain brings'
  if (there.file === 'routes.ts' && here.file !== 'domain.ts')
    return 'only its domain.ts brings the routes of a domain'
  if (here.folder === there.folder && here.folder !== '') return undefined
  if (there.rank >= here.rank)
    return here.rank === app && there.rank === surface ? undefined : stairs
  if (open.has(there.folder) || there.file === 'index.ts' || here.rank === app) return undefined
  // A foreign key names the other domain's table.
  if (here.file === 'tables.ts' && there.file === 'tables.ts') return undefined
  return there.folder ? 'another domain is reached only through its index.ts' : undefined
}

/** @type {Wall[]} */
export const walls = [
  {
    in: /^shared\/contract\//,
    not: tests,
    ours: ['shared/contract/'],
    packages: ['valibot'],
    why: 'the contract knows no rules, no client and no platform',
  },
  {
    in: /^shared\/text\//,
    not: tests,
    ours: ['shared/text/', 'shared/contract/'],
    // The texts say how a time is written, and dayjs formats it (docs/decisions/dependencies.md).
    packages: ['dayjs'],
    why: 'words know the contract at most',
  },
  {
    in: /^shared\//,
    not: /\.test\.ts$|^shared\/testing\//,
    ours: ['shared/'],
    packages: ['valibot', 'dayjs'],
    globals: ['process', 'Buffer', 'window', 'document', 'navigator', 'localStorage', 'uni', 'wx'],
    why: 'shared code runs in Node, in browsers and in WeChat: it imports nothing of ours and nothing of a platform',
  },
  {
    in: /^(?:shared|sidebar|miniprogram|server)\//,
    not: /^shared\/text\/time\.ts$/,
    never: /^dayjs/,
    why: 'times are said by shared/text/time.ts, which knows the corp’s zone',
  },
  {
    in: /^(?:shared|sidebar|miniprogram|server)\//,
    not: /\.test\.ts$|^shared\/testing\/|^(?:sidebar|server)\/testing\/|^miniprogram\/harness\//,
    never: /^shared\/testing\//,
    why: 'what serves tests stays out of the product',
  },
  { in: /^sidebar\//, ours: ['shared/', 'sidebar/'], why: 'an app imports shared/ and itself' },
  {
    in: /^miniprogram\//,
    not: /^miniprogram\/harness\//,
    ours: ['shared/', 'miniprogram/'],
    why: 'an app imports shared/ and itself',
  },
  {
    in: /^miniprogram\/harness\//,
    ours: ['shared/', 'miniprogram/'],
    never: /^#sandbox(?!\/runtime\/)/,
    why: 'the tests of the bundle run in the runtime of the desk’s phone (docs/decisions/0012) and know nothing else of the sandbox',
  },
  {
    in: new RegExp(`^(sidebar|miniprogram)/(${domains})/`),
    not: tests,
    ours: ['shared/', '$1/$2/', '$1/bridge/', '$1/ui/'],
    why: 'a domain folder of an app imports bridge/, ui/ and itself, not a sibling',
  },
  {
    in: /^(sidebar|miniprogram)\/(?:ui|bridge)\//,
    not: tests,
    ours: ['shared/', '$1/bridge/', '$1/ui/'],
    why: 'bridge/ and ui/ serve the domains and know none',
  },
  {
    in: /./,
    not: /^sidebar\/bridge\/|^sandbox\/.*\.test\.ts$/,
    never: /^@wecom\/jssdk/,
    why: 'only sidebar/bridge knows the JS-SDK',
  },
  {
    in: /^miniprogram\//,
    not: /^miniprogram\/(bridge|harness)\/|\.test\.ts$/,
    globals: [
      'uni',
      'wx',
      'getCurrentPages',
      'getApp',
      'window',
      'document',
      'location',
      'navigator',
      'localStorage',
    ],
    why: 'only miniprogram/bridge calls the platform; everything else uses bridge/ and the lifecycles of @dcloudio/uni-app',
  },
  {
    in: /^server\//,
    not: /\.test\.ts$|^server\/testing\//,
    ours: ['shared/', 'server/'],
    why: 'the server meets the sandbox and the apps only over HTTP; only its tests start a sandbox',
  },
  {
    in: /^server\//,
    not: /\.test\.ts$|^server\/testing\//,
    never: /^server\/testing\//,
    why: 'what serves tests stays out of the product',
  },
  {
    in: /^(sidebar|miniprogram|server)\//,
    not: /\.test\.ts$|^server\/testing\/|^miniprogram\/harness\//,
    never: /^#sandbox/,
    why: 'the product meets the sandbox over HTTP; only its tests start one',
  },
  {
    in: /^sandbox\//,
    ours: ['sandbox/'],
    never: /^#/,
    why: 'the sandbox is a stranger: it speaks HTTP and shares no code with ours',
  },
  {
    in: /^sandbox\/runtime\//,
    not: tests,
    ours: ['sandbox/runtime/'],
    why: 'the runtime of mini programs serves tests and the phone alike: it knows no other part of the sandbox',
  },
  {
    in: /^sandbox\/runtime\/(core|browser)\//,
    not: tests,
    never: new RegExp(`^node:|^(${builtinModules.join('|')})$|^sandbox/runtime/node/`),
    why: 'this runs in a browser, the core in any JavaScript at all',
  },
  {
    in: /^(?:sidebar|sandbox\/desk|miniprogram)\//,
    not: /\.test\.ts$|^miniprogram\/harness\/|\/(?:testing\/.*|vite\.config)\.ts$/,
    never: new RegExp(`^node:|^(${builtinModules.join('|')})$`),
    why: 'this runs in a browser or a mini program, where there is no Node',
  },
  {
    in: /^e2e\//,
    ours: ['e2e/', 'shared/', 'scripts/'],
    why: 'a journey sees the product as a user does: in the browser and over HTTP',
  },
  {
    in: /./,
    not: /^sandbox\//,
    never: /^sandbox\//,
    why: 'the sandbox is reached by the names that its package.json exports, e.g. #sandbox/client (docs/decisions/0018)',
  },
]

/**
 * Returns the path from the root that `specifier` in `file` (both from the root) names. The name of
 * a package stays as it is.
 * @param {string} file
 * @param {string} specifier
 */
export function target(file, specifier) {
  const path = specifier.replace(/\?.*$/, '')
  return path.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), path)) : path
}

/**
 * Returns why `file` may not import `specifier`, or undefined.
 * @param {string} file
 * @param {string} specifier
 */
export function refusal(file, specifier) {
  const imported = target(file, specifier)
  const own = specifier.startsWith('.')
  const inServer = (/** @type {string} */ path) =>
    /^server\/.*\.ts$/.test(path) &&
    !/\.test\.ts$|^server\/testing\/|\/drizzle\.config\.ts$/.test(path)
  if (own && inServer(file) && inServer(imported)) {
    const why = floorRefusal(file, imported)
    if (why) return why
  }
  for (const wall of walls) {
    const match = wall.in.exec(file)
    if (!match || wall.not?.test(file)) continue
    const fill = (/** @type {string} */ text) =>
      text.replace(/\$(\d)/g, (_, group) => match[Number(group)] ?? '')
    if (own && wall.ours && !wall.ours.some((prefix) => imported.startsWith(fill(prefix))))
      return wall.why
    if (
      !own &&
      wall.packages &&
      !wall.packages.some((name) => imported === name || imported.startsWith(`${name}/`))
    )
      return wall.why
    if (
      wall.never?.test(imported) &&
      !(wall.except && new RegExp(fill(wall.except.source)).test(imported))
    )
      return wall.why
  }
  return undefined
}

/** ESLint's rule over the table. @type {import('eslint').Rule.RuleModule} */
export const rule = {
  meta: { type: 'problem', schema: [], messages: { wall: '{{why}} ({{what}})' } },
  create(context) {
    const file = relative(resolve(root), context.filename).split(sep).join('/')
    /** @param {import('eslint').Rule.Node} node @param {unknown} specifier */
    const check = (node, specifier) => {
      const why = typeof specifier === 'string' ? refusal(file, specifier) : undefined
      if (why) context.report({ node, messageId: 'wall', data: { why, what: String(specifier) } })
    }
    return {
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration: (node) => check(node, node.source?.value),
      ImportExpression: (node) =>
        check(node, node.source.type === 'Literal' ? node.source.value : undefined),
      // `import('…').Type` and `require('…')`
      TSImportType: (/** @type {any} */ node) =>
        check(node, node.source?.value ?? node.argument?.literal?.value),
      'CallExpression[callee.name="require"]': (/** @type {any} */ node) =>
        check(node, node.arguments[0]?.value),
      'Program:exit': (node) => {
        for (const wall of walls) {
          if (!wall.globals || !wall.in.test(file) || wall.not?.test(file)) continue
          // `through`: the references that no declaration of the file answers
          for (const { identifier } of context.sourceCode.getScope(node).through)
            if (wall.globals.includes(identifier.name))
              context.report({
                node: identifier,
                messageId: 'wall',
                data: { why: wall.why, what: identifier.name },
              })
        }
      },
    }
  },
}
