// The checks of `npm run check` and `npm test`. Each is a step that reports its duration. After a
// failed step the next ones still run.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { build } from './builds.mjs'
import { checkBundle } from './check-mp.mjs'
import { root, run, tool } from './processes.mjs'
import { dim, red, seconds, step } from './say.mjs'
import { checkSizes } from './sizes.mjs'

/** The result of a run of checks. A failed step without a named test counts as one failure. */
export class Tally {
  passed = 0
  failed = 0
  /** @type {{ name: string, ms: number }[]} */
  steps = []
  /** Test files and journeys. @type {{ file: string, tests: number, ms: number, of: string }[]} */
  files = []

  /**
   * Runs a step. Goes on when it fails.
   * @param {string} name @param {() => Promise<void>} work
   */
  async step(name, work) {
    const before = this.failed
    const begun = Date.now()
    await step(name, work).catch((error) => {
      if (this.failed === before) this.failed++
      console.log(indent(/** @type {Error} */ (error).message))
    })
    this.steps.push({ name, ms: Date.now() - begun })
  }
}

/** @param {string} text */
function indent(text) {
  return text.trim().replaceAll(/^/gm, '    ')
}

/** @param {string} name @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
async function passes(name, args, env) {
  const { code, output } = await tool(name, args, env && { env: { ...process.env, ...env } })
  if (code !== 0) throw new Error(output)
}

/** Everything that needs no browser. @param {Tally} tally */
export async function checkAll(tally) {
  // Each uses one core. The first two take as long as all others together.
  await twoAtATime([
    () => tally.step('lint and walls', () => passes('eslint', [...lint, ...cache('eslint')])),
    () => tally.step('types, templates included', () => passes('vue-tsc', ['--build'])),
    () => tally.step('format', () => passes('prettier', [...format, ...cache('prettier'), '.'])),
    () => tally.step('dead code', () => passes('knip', [])),
    () => tally.step('build', () => build()),
  ])
  await tally.step('sizes', async () => checkSizes())
  await tally.step('mini-program bundle', async () => checkBundle())
  await tally.step('unit, contract, conformance and bundle tests', () => unitTests(tally))
}

const lint = ['.', '--max-warnings', '0']
const format = ['--check', '--log-level', 'warn']

/** @param {string} name */
function cache(name) {
  return ['--cache', '--cache-location', `.cache/${name}`]
}

/** @param {(() => Promise<void>)[]} works in the order of their start */
async function twoAtATime(works) {
  const waiting = [...works]
  const worker = async () => {
    for (let work = waiting.shift(); work; work = waiting.shift()) await work()
  }
  await Promise.all([worker(), worker()])
}

/** @param {Tally} tally */
async function unitTests(tally) {
  const file = report('vitest')
  const times = report('vitest-times')
  const { code, output } = await tool(
    'vitest',
    [
      'run',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${file}`,
      '--reporter=./scripts/lib/file-times.mjs',
    ],
    { env: { ...process.env, FILE_TIMES: times } },
  )
  if (!existsSync(file)) throw new Error(output)
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'))
  tally.passed += numPassedTests
  tally.failed += numFailedTests
  if (existsSync(times)) tally.files.push(...testFiles(times))
  if (code !== 0) throw new Error(output)
}

/** @param {Tally} tally @param {string} chromium path of the browser */
export async function journeys(tally, chromium) {
  const file = report('playwright')
  const env = { ...process.env, CHROME_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: file }
  const { code, output } = await run(
    process.execPath,
    ['node_modules/@playwright/test/cli.js', 'test', '--reporter=line,json'],
    { env },
  )
  if (!existsSync(file)) throw new Error(output)
  const { stats, suites } = JSON.parse(readFileSync(file, 'utf8'))
  tally.passed += stats.expected + stats.flaky
  tally.failed += stats.unexpected
  tally.files.push(...specFiles(suites))
  if (code !== 0) throw new Error(output)
}

/** @param {string} file what `file-times.mjs` wrote @returns {Tally['files']} */
function testFiles(file) {
  /** @type {import('./file-times.mjs').FileTime[]} */
  const times = JSON.parse(readFileSync(file, 'utf8'))
  return times.map(({ file: name, tests, environment, imports, run: running }) => ({
    file: name,
    tests,
    ms: environment + imports + running,
    of: `${seconds(environment)} environment, ${seconds(imports)} imports`,
  }))
}

/**
 * @typedef {{ results: { duration: number }[] }} Journey
 * @typedef {{ file: string, specs: { tests: Journey[] }[], suites?: Suite[] }} Suite
 */

/** @param {Suite[]} suites of Playwright's report @returns {Tally['files']} */
function specFiles(suites) {
  return suites.map((suite) => {
    const durations = journeysOf(suite).flatMap(({ results }) =>
      results.map(({ duration }) => duration),
    )
    const ms = durations.reduce((sum, duration) => sum + duration, 0)
    return { file: `e2e/${suite.file}`, tests: durations.length, ms, of: 'journeys' }
  })
}

/** @param {Suite} suite @returns {Journey[]} */
function journeysOf({ specs, suites = [] }) {
  return [...specs.flatMap(({ tests }) => tests), ...suites.flatMap(journeysOf)]
}

/** A place for a tool's report, without the one of the last run. @param {string} name */
function report(name) {
  const file = `${root}.cache/${name}.json`
  mkdirSync(`${root}.cache`, { recursive: true })
  rmSync(file, { force: true })
  return file
}

const shownFiles = 12

/**
 * Prints the time of each step and of the slowest test files. Steps and files run two at a time, so
 * their sum is more than the whole.
 * @param {Tally} tally
 */
function tellTimes({ steps, files }) {
  console.log('\n  Steps')
  for (const { name, ms } of steps) console.log(`    ${seconds(ms).padStart(8)}  ${name}`)
  const slowest = [...files].sort((left, right) => right.ms - left.ms).slice(0, shownFiles)
  if (slowest.length === 0) return
  console.log('\n  Slowest test files')
  for (const { file, tests, ms, of } of slowest)
    console.log(
      `    ${seconds(ms).padStart(8)}  ${file.padEnd(44)} ${dim(`${tests} tests, ${of}`)}`,
    )
}

/**
 * Prints the result. The last line is plain, because machines read it.
 * @param {Tally} tally
 * @param {number} begun
 */
export function close(tally, begun) {
  tellTimes(tally)
  console.log(
    `\n  ${((Date.now() - begun) / 1000).toFixed(0)} s in all${tally.failed > 0 ? `, ${red('red')}` : ''}\n`,
  )
  console.log(`${tally.passed} passed, ${tally.failed} failed`)
  if (tally.failed > 0 || tally.passed === 0) process.exitCode = 1
}
