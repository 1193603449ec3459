// Finds what WeChat would refuse or an older phone could not run in the built mini program. Limits:
// the pages on packages and on JavaScript support.
import { parse } from 'acorn'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './processes.mjs'

const folder = join(root, 'dist/build/mp-weixin')

/**
 * The eight interfaces that must be declared in `requiredPrivateInfos` before they may be called.
 */
const locationInterfaces = [
  'getFuzzyLocation',
  'getLocation',
  'onLocationChange',
  'startLocationUpdate',
  'startLocationUpdateBackground',
  'chooseLocation',
  'choosePoi',
  'chooseAddress',
]
/**
 * WeChat's page on the global config forbids this pair: a precise interface excludes the fuzzy one.
 */
const precise = ['getLocation', 'chooseLocation', 'choosePoi']

/** @throws Error with everything that is wrong, one line each */
export function checkBundle() {
  const wrong = [...scripts().flatMap(syntax), ...declarations()]
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
}

function scripts() {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name))
}

/** @param {string} file @returns {string[]} */
function syntax(file) {
  const name = relative(folder, file)
  const code = readFileSync(file, 'utf8')
  /** @type {string[]} */
  const wrong = []
  try {
    // Base library 3.0.0 runs on iOS 13 and Chrome 86: ES2020, and no lookbehind before iOS 16.4.
    parse(code, {
      ecmaVersion: 2020,
      sourceType: 'script',
      onToken: (token) => {
        const { type, value } =
          /** @type {import('acorn').Token & { value: { pattern?: string } }} */ (token)
        if (type.label === 'regexp' && /\(\?<[=!]/.test(value.pattern ?? ''))
          wrong.push(`${name}: a regular expression with lookbehind: ${value.pattern}`)
      },
    })
  } catch (error) {
    wrong.push(`${name}: does not parse as ES2020: ${/** @type {Error} */ (error).message}`)
  }
  if (/(?<![\w$.])eval\(/.test(code)) wrong.push(`${name}: eval is not there in WeChat`)
  return wrong
}

/** @returns {string[]} */
function declarations() {
  const app = JSON.parse(readFileSync(join(folder, 'app.json'), 'utf8'))
  const declared = new Set(app.requiredPrivateInfos ?? [])
  const code = scripts()
    // uni's own runtime names every interface. Only the app's own calls count.
    .filter((file) => !/common\/vendor\.js$/.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  const used = new Set(locationInterfaces.filter((name) => new RegExp(`\\.${name}\\b`).test(code)))
  const wrong = []
  for (const name of used)
    if (!declared.has(name))
      wrong.push(`${name} is called, but not in requiredPrivateInfos of manifest.json`)
  for (const name of declared)
    if (!used.has(name))
      wrong.push(
        `${name} is in requiredPrivateInfos, but nobody calls it: the review would ask why`,
      )
  if (declared.has('getFuzzyLocation') && precise.some((name) => declared.has(name)))
    wrong.push('getFuzzyLocation cannot be declared beside a precise interface')
  if (used.size > 0 && !app.permission?.['scope.userLocation']?.desc)
    wrong.push('permission.scope.userLocation.desc is missing in manifest.json')
  return wrong
}
