import { afterAll, beforeAll, expect, it } from 'vitest'
import { endpoints } from '../shared/contract/all.ts'
import { makeTestApp, type TestApp } from './testing/test-app.ts'

let test: TestApp
beforeAll(async () => {
  test = await makeTestApp()
})
afterAll(() => test.stop())

it('serves every endpoint of the contract, and no other', () => {
  const name = ({ method, path }: { method: string; path: string }) => `${method} ${path}`
  expect([...test.app.router.served].map(name).sort()).toEqual(
    Object.values(endpoints).map(name).sort(),
  )
})

it('has no address under /api that the contract does not name, but for the contract itself', () => {
  const addresses = test.app.router.pages.stack
    .map(({ path }) => String(path))
    .filter((path) => path.startsWith('/api'))
  const named = new Set<string>([
    ...Object.values(endpoints).map(({ path }) => path),
    '/api/openapi.json',
  ])
  expect(addresses.filter((path) => !named.has(path))).toEqual([])
})
