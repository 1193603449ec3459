// npm run mutants -- <folder or file> [<another> …] [--with <tests,…>]
// Plants small mistakes into a folder, one after another, and runs the folder's tests on each. A
// mistake that no test notices is a survivor: a sentence about the product that nobody wrote down.
//   npm run mutants -- server/shares
//   npm run mutants -- server/shares --with server/timeline,server/app.test.ts
// `--with` adds tests of other folders that speak of this one too. Ends with 1 when fewer than
// 85 % of the mistakes were noticed. It takes minutes to an hour, so `npm test` does not run it;
// CONTRIBUTING says when to. The report of each folder stays in .cache/mutants.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { ensureInstalled } from './lib/install.mjs'
import { root } from './lib/processes.mjs'
import { bold, dim, green, main, red, seconds, Stop } from './lib/say.mjs'

/** What a domain must reach before it is called done. */
const wanted = 0.85

/** Never mutated: tests, what only tests use, and tables, which migrations hold. */
const left = ['!**/*.test.ts', '!**/testing.ts', '!**/testing/**', '!**/tables.ts', '!**/*.d.ts']

/** Which project of vite.config.ts tests a folder: the first that fits. */
const projects = /** @type {const} */ ([
  ['miniprogram/harness', 'bundle'],
  ['sandbox/desk', 'desk'],
  ['server', 'server'],
  ['shared', 'shared'],
  ['sandbox', 'sandbox'],
  ['sidebar', 'sidebar'],
  ['miniprogram', 'miniprogram'],
  ['scripts', 'safety'],
])

/**
 * @typedef {object} Row
 * @property {string} folder
 * @property {number} noticed by a test that failed
 * @property {number} hung ended by the limit of time, which counts as noticed
 * @property {number} survived
 * @property {number} unreached no test runs the line
 * @property {number} fixed evaluated once, when the module is read: not tried
 * @property {number} ms
 */

await main(async () => {
  const { folders, also } = order(process.argv.slice(2))
  await ensureInstalled()
  process.chdir(root)
  /** @type {Row[]} */
  const rows = []
  for (const folder of folders) rows.push(await tryFolder(folder, also))
  printTable(rows)
  if (rows.some((row) => share(row) < wanted)) process.exitCode = 1
})

/** Reads the command line. @param {string[]} args */
function order(args) {
  const folders = []
  /** @type {string[]} */
  let also = []
  for (let place = 0; place < args.length; place += 1) {
    const arg = args[place] ?? ''
    if (arg === '--with') also = (args[(place += 1)] ?? '').split(',').filter(Boolean)
    else folders.push(arg.replace(/^\.\//, '').replace(/\/$/, ''))
  }
  if (folders.length === 0)
    throw new Stop('Name a folder, for example: npm run mutants -- server/shares')
  for (const path of [...folders, ...also])
    if (path.startsWith('-') || !existsSync(join(root, path)))
      throw new Stop(`${path} is not in this project. Example: npm run mutants -- server/shares`)
  return { folders, also }
}

/** @param {string} folder or one file @param {string[]} also @returns {Promise<Row>} */
async function tryFolder(folder, also) {
  const project = projects.find(([prefix]) => `${folder}/`.startsWith(`${prefix}/`))?.[1]
  if (!project) throw new Stop(`No tests are known for ${folder}`)
  const begun = Date.now()
  const isFile = folder.endsWith('.ts')
  const tests = [isFile ? dirname(folder) : folder, ...also]
  console.log(`\n${bold(folder)} ${dim(`with the tests of ${tests.join(', ')}`)}`)
  process.env['MUTANTS_PROJECT'] = project
  process.env['MUTANTS_TESTS'] = tests.join(',')
  const { Stryker } = await import('@stryker-mutator/core')
  const results = await new Stryker({
    mutate: [isFile ? folder : `${folder}/**/*.ts`, ...left],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/lib/mutants.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // What a module evaluates when it is read would cost a start of all tests each.
    ignoreStatic: true,
    disableTypeChecks: true,
    concurrency: 2,
    timeoutMS: 15_000,
    tempDirName: `.cache/mutants/copy-${process.pid}`,
    ignorePatterns: ['bench', 'docs', 'e2e', 'test-results', '.cache', '.data'],
    reporters: ['progress-append-only'],
  }).runMutationTest()
  const survivors = results.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
  const lines = survivors.map(
    ({ fileName, location, status, mutatorName, replacement }) =>
      `${relative(root, fileName)}:${location.start.line}:${location.start.column}  ` +
      `${status === 'NoCoverage' ? 'no test runs this' : mutatorName}  → ${oneLine(replacement)}`,
  )
  console.log(lines.join('\n'))
  mkdirSync(join(root, '.cache/mutants'), { recursive: true })
  writeFileSync(
    join(root, '.cache/mutants', `${folder.replaceAll('/', '-')}.txt`),
    `${lines.join('\n')}\n`,
  )
  /** @param {string[]} statuses */
  const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length
  return {
    folder,
    noticed: count('Killed'),
    hung: count('Timeout'),
    survived: count('Survived'),
    unreached: count('NoCoverage'),
    fixed: count('Ignored'),
    ms: Date.now() - begun,
  }
}

/** @param {string | undefined} text */
function oneLine(text = '') {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > 70 ? `${line.slice(0, 70)}…` : line
}

/** @param {Row} row */
function share({ noticed, hung, survived, unreached }) {
  return (noticed + hung) / Math.max(1, noticed + hung + survived + unreached)
}

/** @param {Row[]} rows */
function printTable(rows) {
  const width = Math.max(...rows.map(({ folder }) => folder.length))
  console.log(`\n${'folder'.padEnd(width)}  mistakes  noticed  hung  survived  no test   in all`)
  for (const row of rows) {
    const { folder, noticed, hung, survived, unreached, fixed, ms } = row
    const percent = `${(share(row) * 100).toFixed(1)} %`
    console.log(
      [
        folder.padEnd(width),
        String(noticed + hung + survived + unreached).padStart(8),
        String(noticed).padStart(7),
        String(hung).padStart(4),
        String(survived).padStart(8),
        String(unreached).padStart(7),
        (share(row) < wanted ? red : green)(percent.padStart(7)),
        dim(`(${fixed} not tried, ${seconds(ms)})`),
      ].join('  '),
    )
  }
}
