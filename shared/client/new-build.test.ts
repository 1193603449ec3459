import { expect, test } from 'vitest'
import { type BuiltPage, meetMissingPart } from './new-build.ts'

const documentOf = (entry: string) => `<script type="module" src="${entry}"></script>`
const [old, next] = ['/sidebar/assets/index-old1.js', '/sidebar/assets/index-new2.js']

function pageOf(entry: string | undefined, more: Partial<BuiltPage> = {}) {
  const kept = new Map<string, string>()
  let reloads = 0
  const page: BuiltPage = {
    entry,
    document: () => Promise.resolve(documentOf(next)),
    storage: {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
    },
    reload: () => reloads++,
    ...more,
  }
  return { page, reloads: () => reloads }
}

test('a page whose server has another build is loaded anew, once', async () => {
  const { page, reloads } = pageOf(old)
  expect(await meetMissingPart(page)).toBe('reloads')
  expect(await meetMissingPart(page)).toBe('stays')
  expect(reloads()).toBe(1)
})

test('a page of the server’s own build stays, because the same file is missing again', async () => {
  const { page, reloads } = pageOf(next)
  expect(await meetMissingPart(page)).toBe('stays')
  expect(reloads()).toBe(0)
})

test('each further deploy may load it anew; two servers with different builds make no loop', async () => {
  let served = next
  const { page, reloads } = pageOf(old, { document: () => Promise.resolve(documentOf(served)) })
  await meetMissingPart(page)
  served = old
  expect(await meetMissingPart({ ...page, entry: next })).toBe('reloads')
  // Back on the first server, and again on the second.
  served = next
  expect(await meetMissingPart({ ...page, entry: old })).toBe('stays')
  served = old
  expect(await meetMissingPart({ ...page, entry: next })).toBe('stays')
  expect(reloads()).toBe(2)
})

test.each<[string, Partial<BuiltPage>]>([
  ['without a network', { document: () => Promise.reject(new TypeError('offline')) }],
  ['while developing', { entry: undefined }],
  [
    'in a window that remembers nothing',
    { storage: { getItem: () => null, setItem: () => undefined } },
  ],
  [
    'in a window that refuses to remember',
    {
      storage: {
        getItem: () => null,
        setItem: () => {
          throw new Error('QuotaExceededError')
        },
      },
    },
  ],
])('a page %s stays as it is', async (_, more) => {
  const { page, reloads } = pageOf(old, more)
  expect(await meetMissingPart(page)).toBe('stays')
  expect(reloads()).toBe(0)
})
