import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openLogFile } from './log-file.mjs'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatside-log-'))
  path = join(folder, 'server.log')
})
afterEach(() => rm(folder, { recursive: true }))

const read = (part = '') => readFileSync(`${path}${part}`, 'utf8')

test('a log keeps what the last start wrote, and says where the next one begins', () => {
  const first = openLogFile(path, { now: new Date('2026-11-28T08:00:00Z') })
  first.write('why it ended\n')
  first.close()
  openLogFile(path, { now: new Date('2026-11-28T09:00:00Z') }).write('again\n')
  expect(read()).toBe(
    '--- started 2026-11-28T08:00:00.000Z\nwhy it ended\n--- started 2026-11-28T09:00:00.000Z\nagain\n',
  )
})

test('a log that grows is set aside; a few older parts are kept, whatever is written', () => {
  const log = openLogFile(path, { most: 100 })
  for (let line = 10; line < 60; line += 1) log.write(`line ${line} ${'x'.repeat(40)}\n`)
  expect(read()).toMatch(/line 59 x+\n$/)
  expect(read('.1')).toMatch(/line 58 x+\n$/)
  for (const part of ['', '.1', '.2', '.3']) expect(read(part).length).toBeLessThanOrEqual(100)
  expect(existsSync(`${path}.4`)).toBe(false)
  // A start continues the file as it is; it counts what lies there.
  openLogFile(path, { most: 100 }).write('the next start\n')
  expect(read()).toContain('the next start')
  expect(read('.1')).toContain('line 59')
})

test('a log that cannot be written says so once, and ends nobody', async () => {
  await mkdir(path)
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const log = openLogFile(path)
  log.write('lost\n')
  log.write('lost\n')
  expect(said).toHaveBeenCalledTimes(1)
  expect(String(said.mock.calls[0])).toContain(`${path} cannot be written`)
  said.mockRestore()
})
