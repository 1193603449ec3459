import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TmplGroup } from 'glass-easel-template-compiler'

const folder = fileURLToPath(new URL('../../dist/build/mp-weixin/', import.meta.url))

/** The shipped mini program: its files, and its templates compiled by WeChat's own compiler. */
export interface Bundle {
  /** Path from the root of the package without a leading slash → text. */
  files: ReadonlyMap<string, string>
  pages: string[]
  /** Pages and components, without extension. */
  components: string[]
  /** An expression that gives the templates' code. */
  templates: string
}

let loaded: Bundle | undefined

/** Read once for all tests. A missing bundle is an error, never a skipped test. */
export function shippedBundle(): Bundle {
  loaded ??= read()
  return loaded
}

function read(): Bundle {
  if (!existsSync(join(folder, 'app.json'))) {
    throw new Error(
      'dist/build/mp-weixin is missing. These tests run what is shipped: build it first with `node scripts/uni.mjs build -p mp-weixin`.',
    )
  }
  const files = new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => fileEntry(join(entry.parentPath, entry.name))),
  )
  const app = JSON.parse(files.get('app.json') ?? '{}') as { pages: string[] }
  const group = new TmplGroup()
  for (const [path, text] of files) {
    if (path.endsWith('.wxml')) check(path, group.addTmpl(path.slice(0, -5), text))
    if (path.endsWith('.wxs')) group.addScript(path.slice(0, -4), text)
  }
  const templates = group.getTmplGenObjectGroups()
  group.free()
  const components = [...files.keys()].filter((path) => path.endsWith('.wxml')).map((path) => path.slice(0, -5))
  return { files, pages: app.pages, components, templates }
}

function fileEntry(path: string): [string, string] {
  return [path.slice(folder.length).replaceAll('\\', '/'), readFileSync(path, 'utf8')]
}

function check(path: string, complaints: unknown): void {
  if (Array.isArray(complaints) && complaints.length > 0)
    throw new Error(`${path}: ${complaints.map((complaint: { message?: string }) => complaint.message).join('; ')}`)
}
