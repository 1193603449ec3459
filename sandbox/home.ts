import { existsSync, readFileSync } from 'node:fs'

/**
 * The sandbox's own folder: `sandbox/` of a checkout, or the built package. It is found upwards
 * from here, because this module runs from its source or from a bundle.
 */
export const home = findHome(new URL('.', import.meta.url))

/** A checkout has the sources; in the package everything is made already. */
export const isCheckout = existsSync(new URL('main.ts', home))

/** The built desk and inspector. */
export const pages = new URL(isCheckout ? '../dist/sandbox/pages/' : 'pages/', home)

function findHome(folder: URL): URL {
  const found = [folder, new URL('sandbox/', folder)].find(isHome)
  if (found) return found
  const parent = new URL('..', folder)
  if (parent.href === folder.href)
    throw new Error('the sandbox runs only from a checkout or from its package')
  return findHome(parent)
}

function isHome(folder: URL): boolean {
  const file = new URL('package.json', folder)
  if (!existsSync(file)) return false
  return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === '@chatside/sandbox'
}
