import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Package {
  engines: { node: string }
  imports?: Record<string, string>
  exports?: Record<string, string>
  bin?: Record<string, string>
}

const root = new URL('../', import.meta.url)

function read(path: string): Package {
  return JSON.parse(readFileSync(new URL(path, root), 'utf8')) as Package
}

it('the repository names the sandbox as its package exports it, each name once', () => {
  const { exports = {} } = read('sandbox/package.json')
  const names = Object.entries(exports).map(([name, file]) => [
    name.replace('.', '#sandbox'),
    file.replace('./', './sandbox/'),
  ])
  expect(read('package.json').imports).toEqual(Object.fromEntries(names))
})

it('the package names files that are there', () => {
  const { exports = {}, bin = {}, engines } = read('sandbox/package.json')
  const files = [...Object.values(exports), ...Object.values(bin)]
  expect(files.length).toBeGreaterThan(0)
  for (const file of files.filter((one) => !one.includes('*')))
    expect(existsSync(new URL(file, new URL('sandbox/', root))), file).toBe(true)
  expect(engines).toEqual(read('package.json').engines)
})
