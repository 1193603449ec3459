import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { withLock } from './lock.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chatside-lock-'))
})
afterEach(() => rm(directory, { recursive: true }))

it('a lock that a killed process of the same number left behind is removed: in a container every start has it', async () => {
  const lock = join(directory, 'lock')
  await writeFile(lock, `${process.pid}\n`)
  expect(await withLock(lock, () => Promise.resolve('done'))).toBe('done')
})

it('two that want it within one process take turns', async () => {
  const lock = join(directory, 'lock')
  let inside = 0
  const most = await Promise.all(
    Array.from({ length: 4 }, () =>
      withLock(lock, async () => {
        inside += 1
        await new Promise((resolve) => setImmediate(resolve))
        const seen = inside
        inside -= 1
        return seen
      }),
    ),
  )
  expect(most).toEqual([1, 1, 1, 1])
})
