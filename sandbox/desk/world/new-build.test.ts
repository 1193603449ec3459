import { expect, test } from 'vitest'
import { type BuiltDesk, reloadForNewBuild } from './new-build.ts'

function openBuild(entry: string | undefined, kept = new Map<string, string>()) {
  const it = { reloads: 0, has: entry ?? '', isDown: false }
  const desk: BuiltDesk = {
    entry,
    document: () =>
      it.isDown
        ? Promise.reject(new Error('down'))
        : Promise.resolve(`<script type="module" src="${it.has}"></script>`),
    storage: {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
    },
    reload: () => (it.reloads += 1),
  }
  return Object.assign(it, { desk, kept })
}

test('a desk of the old build is loaded anew, and so is the next one after another deploy', async () => {
  const old = openBuild('/assets/a.js')
  old.has = '/assets/b.js'
  expect(await reloadForNewBuild(old.desk)).toBe(true)
  const next = openBuild('/assets/b.js', old.kept)
  next.has = '/assets/c.js'
  expect(await reloadForNewBuild(next.desk)).toBe(true)
  expect([old.reloads, next.reloads]).toEqual([1, 1])
})

test('two servers with two builds do not send the desk to and fro', async () => {
  const kept = new Map<string, string>()
  const builds = ['/assets/a.js', '/assets/b.js']
  const reloads = []
  for (let turn = 0; turn < 4; turn += 1) {
    const it = openBuild(builds[turn % 2], kept)
    it.has = builds[(turn + 1) % 2] ?? ''
    reloads.push(await reloadForNewBuild(it.desk))
  }
  expect(reloads).toEqual([true, true, false, false])
})

test.each([
  ['the sandbox has the same build', {}],
  ['the sandbox does not answer', { isDown: true }],
])('a reload that cannot help is not made: %s', async (_why, state) => {
  const it = Object.assign(openBuild('/assets/a.js'), state)
  expect(await reloadForNewBuild(it.desk)).toBe(false)
  expect(it.reloads).toBe(0)
})

test('a browser that keeps nothing does not reload for ever, and a desk in development never does', async () => {
  const forgetful = openBuild('/assets/a.js')
  forgetful.has = '/assets/b.js'
  forgetful.desk.storage = { getItem: () => null, setItem: () => undefined }
  expect(await reloadForNewBuild(forgetful.desk)).toBe(false)
  forgetful.desk.storage = {
    getItem: () => {
      throw new Error('denied')
    },
    setItem: () => undefined,
  }
  expect(await reloadForNewBuild(forgetful.desk)).toBe(false)
  expect(await reloadForNewBuild(openBuild(undefined).desk)).toBe(false)
  expect(forgetful.reloads).toBe(0)
})
