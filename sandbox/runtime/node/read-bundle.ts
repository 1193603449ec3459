import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { TmplGroup } from 'glass-easel-template-compiler'
import type { AppConfig, Bundle } from '../core/bundle.ts'

/**
 * Reads a compiled mini program and compiles its templates. Null when there is none. Throws when a
 * template does not compile.
 */
export async function readBundle(folder: string): Promise<Bundle | null> {
  if (!existsSync(join(folder, 'app.json'))) return null
  const paths = listFiles(folder).sort()
  const files = new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
  const app = JSON.parse(files.get('app.json') ?? '{}') as AppConfig
  const components = paths
    .filter((path) => path.endsWith('.wxml'))
    .map((path) => path.slice(0, -'.wxml'.length))
  return { files, pages: pagesOf(app), components, templates: await compileTemplates(files) }
}

/**
 * Subpackages are here already, as everything is; WeChat fetches one when a page of it is opened.
 * Both spellings are WeChat's.
 */
function pagesOf({ pages, subPackages = [], subpackages = subPackages }: AppConfig): string[] {
  return [...pages, ...subpackages.flatMap((one) => one.pages.map((page) => `${one.root}/${page}`))]
}

/** Changes when a file does: what a cache of the compiled bundle goes by. */
export function stampOf(folder: string): string {
  if (!existsSync(join(folder, 'app.json'))) return ''
  return listFiles(folder)
    .map((path) => `${path} ${statSync(join(folder, path)).mtimeMs}`)
    .sort()
    .join('\n')
}

const texts = /\.(js|json|wxml|wxss|wxs)$/

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && texts.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name).slice(join(folder, '/').length).replaceAll('\\', '/'),
    )
}

/**
 * 2 MB of WebAssembly: loaded when the first mini program is opened, not when the sandbox starts.
 */
async function compileTemplates(files: ReadonlyMap<string, string>): Promise<string> {
  const { TmplGroup: Group } = await import('glass-easel-template-compiler')
  const group: TmplGroup = new Group()
  try {
    for (const [path, text] of files) {
      if (path.endsWith('.wxml')) check(path, group.addTmpl(path.slice(0, -'.wxml'.length), text))
      if (path.endsWith('.wxs')) group.addScript(path.slice(0, -'.wxs'.length), text)
    }
    return group.getTmplGenObjectGroups()
  } finally {
    group.free()
  }
}

function check(path: string, complaints: unknown): void {
  if (Array.isArray(complaints) && complaints.length > 0)
    throw new Error(
      `${path}: ${complaints.map((complaint: { message?: string }) => complaint.message).join('; ')}`,
    )
}
