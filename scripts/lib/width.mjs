// Finds lines that are wider than a hundred columns although they could be wrapped. Prettier lays
// out code and prose, but not comments, template literals and Chinese.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { util } from 'prettier'
import ts from 'typescript'
import { root } from './processes.mjs'

/** Columns of a line; a Han character takes two. */
export const widest = 100

const checked = /\.(?:ts|mjs|js|vue|css|html|md)$/
/** What Prettier leaves behind a long literal: `),`, `.split(`, ` +`, and `${rows.map(`. */
const closers = /^(?:\.\w+\(\)?)?[\])}>/,;.]*(?: \+| \/>)?$|^[\w.]*[[({]$/
/** Attributes of markup; strings and addresses of a style sheet. @type {[RegExp, RegExp][]} */
const quotedIn = [
  [/\.(?:vue|html)$/, /(?<==)"[^"]*"|url\([^)]*\)/g],
  [/\.css$/, /"[^"]*"|url\([^)]*\)/g],
]
const functionHead = /^, (?:async )?(?:\([^()]*\) => |function )?[({]/
const generated = /^(?:dist\/|server\/base\/db\/migrations\/)/

/**
 * Returns `file:line: text` of every line in the repository that must be wrapped.
 * @returns {string[]}
 */
export function wideLines() {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard']
  return execFileSync('git', list, { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => checked.test(file) && !generated.test(file) && existsSync(join(root, file)))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      const lines = text.split('\n')
      return wideLinesOf(file, text).map((line) => `${file}:${line}: ${lines[line - 1]?.trim()}`)
    })
}

/**
 * Returns the numbers of the lines that must be wrapped, from 1.
 * @param {string} file its name says how it is read
 * @param {string} text
 * @returns {number[]}
 */
export function wideLinesOf(file, text) {
  const lines = text.split('\n')
  // Half as many UTF-16 units fit in any case, and counting the columns of every line is slow.
  const wide = lines.flatMap((line, index) =>
    line.length > widest / 2 && util.getStringWidth(line) > widest ? [index] : [],
  )
  if (wide.length === 0) return []
  const unbreakable = spansOf(file, text)
  return wide.filter((index) => !excused(lines[index] ?? '', unbreakable(index))).map((n) => n + 1)
}

/**
 * A part of one line that cannot be wrapped.
 * @typedef {object} Span
 * @property {number} from
 * @property {number} to the position behind its last character
 * @property {boolean} [title] the title of a test, behind which Prettier keeps the function's head
 */

/**
 * Whether the part beyond the last column belongs to such a span, or only closes its surroundings.
 * @param {string} line @param {Span[]} spans
 */
function excused(line, spans) {
  return spans.some(({ from, to, title }) => {
    const rest = line.slice(to)
    return (
      util.getStringWidth(line.slice(0, from)) < widest &&
      (closers.test(rest) || (title === true && functionHead.test(rest)))
    )
  })
}

/**
 * Returns the spans of this file that cannot be wrapped, line by line.
 * @param {string} file @param {string} text
 * @returns {(line: number) => Span[]}
 */
function spansOf(file, text) {
  const lines = text.split('\n')
  /** @param {number} line */
  const links = (line) => matches(/[^\s(<'"]+:\/\/[^\s)>'"]*/g, lines[line])
  if (file.endsWith('.md')) {
    const fenced = fencedLines(lines)
    return (line) =>
      fenced.has(line) || /^\s*\|/.test(lines[line] ?? '')
        ? [{ from: 0, to: lines[line]?.length ?? 0 }]
        : [...links(line), ...matches(/!?\[[^\]]*\]\([^)]*\)|^\[[^\]]+\]: .*/g, lines[line])]
  }
  const code = file.endsWith('.vue') ? onlyScripts(text) : text
  const literals = /\.(?:css|html)$/.test(file) ? new Map() : literalsOf(code)
  const quoted = quotedIn.find(([name]) => name.test(file))?.[1]
  return (line) => [
    ...links(line),
    ...(literals.get(line) ?? []),
    ...(quoted ? matches(quoted, lines[line]) : []),
  ]
}

/** @param {RegExp} pattern @param {string} [line] @returns {Span[]} */
function matches(pattern, line = '') {
  return [...line.matchAll(pattern)].map(({ 0: found, index }) => ({
    from: index,
    to: index + found.length,
  }))
}

/** The lines of commands and other blocks between fences. @param {string[]} lines */
function fencedLines(lines) {
  /** @type {Set<number>} */
  const inside = new Set()
  let open = false
  lines.forEach((line, index) => {
    if (/^\s*```/.test(line)) open = !open
    else if (open) inside.add(index)
  })
  return inside
}

/** The scripts of a component in their places, all else blank. @param {string} text */
function onlyScripts(text) {
  const script = /(?<=^<script[^>]*>\n)[\s\S]*?(?=^<\/script>)/gm
  let at = 0
  let code = ''
  for (const { 0: inside, index } of text.matchAll(script)) {
    code += text.slice(at, index).replace(/[^\n]/g, ' ') + inside
    at = index + inside.length
  }
  return code
}

/**
 * Returns the literals whose text has no line break, by line: a break would change the text. When
 * the expressions of a template take several lines, each line is a span from its first text to its
 * last.
 * @param {string} code
 */
function literalsOf(code) {
  const source = ts.createSourceFile('x.ts', code, ts.ScriptTarget.Latest, true)
  /** @type {Map<number, Span[]>} */
  const found = new Map()

  /** @param {ts.Node} first @param {ts.Node} last @param {boolean} title */
  function add(first, last, title) {
    const begin = source.getLineAndCharacterOfPosition(first.getStart())
    const end = source.getLineAndCharacterOfPosition(last.end)
    if (begin.line !== end.line) return
    const span = { from: begin.character, to: end.character, title }
    found.set(begin.line, [...(found.get(begin.line) ?? []), span])
  }

  /** @param {ts.Node} node */
  function visit(node) {
    if (ts.isStringLiteralLike(node) || ts.isRegularExpressionLiteral(node))
      add(node, node, isTitle(node))
    else if (ts.isTemplateExpression(node)) {
      const parts = [node.head, ...node.templateSpans.map(({ literal }) => literal)]
      if (!parts.some((part) => code.slice(part.getStart(), part.end).includes('\n'))) {
        add(node, node, isTitle(node))
        parts.forEach((first, n) => parts.slice(n).forEach((last) => add(first, last, false)))
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Whether it is the first argument of `test`, `it` or `describe`. @param {ts.Node} node */
function isTitle(node) {
  const call = node.parent
  return (
    ts.isCallExpression(call) &&
    call.arguments[0] === node &&
    /^(?:test|it|describe)\b/.test(call.expression.getText())
  )
}
