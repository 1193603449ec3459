import { existsSync } from 'node:fs'

/**
 * The project's folder, found upwards from here: this module may run from its source or from a
 * bundle in `dist/`.
 */
export const root = findRoot(new URL('.', import.meta.url))

function findRoot(folder: URL): URL {
  if (existsSync(new URL('package.json', folder))) return folder
  const parent = new URL('..', folder)
  if (parent.href === folder.href) throw new Error('the sandbox must run inside the project folder')
  return findRoot(parent)
}
