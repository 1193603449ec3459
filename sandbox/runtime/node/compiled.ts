import { scopeOf } from '../core/components.ts'
import type { Bundle } from '../core/bundle.ts'
import { readBundle, stampOf } from './read-bundle.ts'
import { compileWxss } from './wxss.ts'

/** What the phone's frame loads, as JSON. */
export interface CompiledBundle {
  files: [path: string, text: string][]
  pages: string[]
  components: string[]
  templates: string
  /** Path of a sheet without `.wxss` → CSS. */
  styles: [path: string, css: string][]
}

/**
 * Compiles a folder when it is first asked for, and again only when a file has changed. Null:
 * nothing has been built there.
 */
export function makeCompiler(folder: string): () => Promise<string | null> {
  let made: { stamp: string; json: Promise<string | null> } | undefined
  return () => {
    const stamp = stampOf(folder)
    if (made?.stamp !== stamp) made = { stamp, json: compile(folder) }
    return made.json
  }
}

async function compile(folder: string): Promise<string | null> {
  const bundle = await readBundle(folder)
  return bundle && JSON.stringify(compileBundle(bundle))
}

function compileBundle({ files, pages, components, templates }: Bundle): CompiledBundle {
  const needed = [...files].filter(([path]) => /\.(js|json)$/.test(path))
  const styles = [...files.keys()]
    .filter((path) => path.endsWith('.wxss'))
    .map((path) => path.slice(0, -'.wxss'.length))
    .filter((path) => path === 'app' || components.includes(path))
    .map((path): [string, string] => {
      const isShared = path === 'app' || pages.includes(path)
      return [
        path,
        compileWxss({ path: `${path}.wxss`, files, ...(!isShared && { scope: scopeOf(path) }) }),
      ]
    })
  // A component's wxml and wxss are compiled; only their presence still counts.
  const known = [...files.keys()]
    .filter((path) => path.endsWith('.wxss'))
    .map((path): [string, string] => [path, ''])
  return { files: [...needed, ...known], pages, components, templates, styles }
}
