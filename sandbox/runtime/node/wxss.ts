import postcss, { type AtRule, type Root } from 'postcss'
import selectorParser, { type Node as SelectorNode } from 'postcss-selector-parser'
import { resolvePath } from '../core/modules.ts'

/** A sheet of the mini program as the phone's frame takes it. */
export interface WxssOptions {
  /** Path of the file, for its `@import`s. */
  path: string
  files: ReadonlyMap<string, string>
  /** Prefix of the classes of an isolated component; none: the sheet is shared by pages. */
  scope?: string
}

/**
 * wxss → CSS: `@import` brings the other sheet in, `rpx` is 1/750 of the screen's width, a tag is
 * the phone's element (`page` → `wx-page`), and the classes of an isolated component carry its
 * name, as glass-easel writes them into the tree: `.cell` → `.ui-UiCell--cell`. Throws a sentence
 * on broken wxss.
 */
export function compileWxss({ path, files, scope }: WxssOptions): string {
  const root = readSheet(path, files, new Set())
  root.walkDecls((declaration) => {
    declaration.value = rpxToScreen(declaration.value)
  })
  root.walkAtRules((rule) => {
    rule.params = rpxToScreen(rule.params)
  })
  root.walkRules((rule) => {
    if (isKeyframes(rule.parent)) return
    rule.selector = selectorParser((selectors) =>
      selectors.walk((node) => rename(node, scope)),
    ).processSync(rule.selector)
  })
  return root.toString()
}

function readSheet(path: string, files: ReadonlyMap<string, string>, above: Set<string>): Root {
  const text = files.get(path)
  if (text === undefined) throw new Error(`there is no ${path}`)
  if (above.has(path)) throw new Error(`${path} imports itself`)
  const root = postcss.parse(text, { from: path })
  root.walkAtRules('import', (rule) => {
    const name = /^(?:url\()?\s*["']?([^"')]+)/.exec(rule.params)?.[1]
    if (name === undefined) throw new Error(`${path}: @import ${rule.params} names no file`)
    rule.replaceWith(
      readSheet(resolvePath(path, name.trim()), files, new Set([...above, path])).nodes,
    )
  })
  return root
}

/** `20rpx` → `calc(20 * 100vw / 750)`; what stands in quotes or in url(…) stays as it is. */
function rpxToScreen(text: string): string {
  if (!text.includes('rpx')) return text
  return text.replace(
    /"[^"]*"|'[^']*'|url\([^)]*\)|(-?\d*\.?\d+)rpx\b/gi,
    (whole, number: string | undefined) =>
      number === undefined ? whole : `calc(${number} * 100vw / 750)`,
  )
}

function rename(node: SelectorNode, scope: string | undefined): void {
  if (node.type === 'tag' && !isStep(node.value)) node.value = `wx-${node.value}`
  if (node.type === 'class' && scope !== undefined) node.value = `${scope}--${node.value}`
}

function isStep(tag: string): boolean {
  return /^(from|to|\d.*%)$/.test(tag)
}

function isKeyframes(parent: unknown): boolean {
  return (
    (parent as AtRule | undefined)?.type === 'atrule' && /keyframes$/.test((parent as AtRule).name)
  )
}
