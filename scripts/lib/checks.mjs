// The checks of `npm run check` and `npm test`. Each is a step that reports its duration. After a
// failed step the next ones still run.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { build } from './builds.mjs'
import { checkBundle } from './check-mp.mjs'
import { root, run, tool } from './processes.mjs'
import { red, step } from './say.mjs'
import { checkSizes } from './sizes.mjs'

/** The result of a run of checks. A failed step without a named test counts as one failure. */
export class Tally {
  passed = 0
  failed = 0

  /**
   * Runs a step. Goes on when it fails.
   * @param {string} name @param {() => Promise<void>} work
   */
  async step(name, work) {
    const before = this.failed
    await step(name, work).catch((error) => {
      if (this.failed === before) this.failed++
      console.log(indent(/** @type {Error} */ (error).message))
    })
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
  // The linter alone takes as long as the three other checks together. Each uses one core.
  await Promise.all([
    tally.step('lint and walls', () =>
      passes('eslint', [
        '.',
        '--cache',
        '--cache-location',
        '.cache/eslint',
        '--max-warnings',
        '0',
      ]),
    ),
    types(tally),
  ])
  await tally.step('build', () => build())
  await tally.step('sizes', async () => checkSizes())
  await tally.step('mini-program bundle', async () => checkBundle())
  await tally.step('unit, contract, conformance and bundle tests', () => unitTests(tally))
}

/** @param {Tally} tally */
async function types(tally) {
  await tally.step('types, templates included', () => passes('vue-tsc', ['--build']))
  await tally.step('format', () =>
    passes('prettier', [
      '--check',
      '--log-level',
      'warn',
      '--cache',
      '--cache-location',
      '.cache/prettier',
      '.',
    ]),
  )
  await tally.step('dead code', () => passes('knip', []))
}

/** @param {Tally} tally */
async function unitTests(tally) {
  const file = report('vitest')
  const { code, output } = await tool('vitest', [
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ])
  if (!existsSync(file)) throw new Error(output)
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'))
  tally.passed += numPassedTests
  tally.failed += numFailedTests
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
  const { expected, unexpected, flaky } = JSON.parse(readFileSync(file, 'utf8')).stats
  tally.passed += expected + flaky
  tally.failed += unexpected
  if (code !== 0) throw new Error(output)
}

/** A place for a tool's report, without the one of the last run. @param {string} name */
function report(name) {
  const file = `${root}.cache/${name}.json`
  mkdirSync(`${root}.cache`, { recursive: true })
  rmSync(file, { force: true })
  return file
}

/**
 * Prints the result. The last line is plain, because machines read it.
 * @param {Tally} tally
 * @param {number} begun
 */
export function close(tally, begun) {
  console.log(
    `\n  ${((Date.now() - begun) / 1000).toFixed(0)} s in all${tally.failed > 0 ? `, ${red('red')}` : ''}\n`,
  )
  console.log(`${tally.passed} passed, ${tally.failed} failed`)
  if (tally.failed > 0 || tally.passed === 0) process.exitCode = 1
}
