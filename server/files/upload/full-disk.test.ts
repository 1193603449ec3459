import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../../shared/contract/errors.ts'
import { visitorSeen } from '../../identity/index.ts'
import { type As, makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { createFileStore } from '../file-store.ts'
import { files } from '../tables.ts'

/** Mounts a disk of its own; needs root, and a container that allows it. */
function mounted(path: string, size: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'chatside-test', path], {
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}

async function namesIn(path: string): Promise<string[]> {
  const names = await readdir(path, { recursive: true, withFileTypes: true })
  return names.filter((entry) => entry.isFile()).map(({ name }) => name)
}

test.runIf(existsSync('/dev/full'))(
  'a file for which the disk has no room is a problem with a code, and no half of it stays',
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'chatside-full-'))
    const store = createFileStore({ dataDir })
    async function* source() {
      yield Buffer.from('the first half')
      // Linux answers each write to this device as a full disk does.
      await writeFile('/dev/full', 'the second half')
    }
    await expect(store.put(source())).rejects.toMatchObject({ code: 'storage_full', status: 507 })
    expect(await namesIn(dataDir)).toEqual([])
    await expect(store.put(Buffer.from('whole'))).resolves.toMatchObject({ bytes: 5 })
    await rm(dataDir, { recursive: true })
  },
)

const disk = await mkdtemp(join(tmpdir(), 'chatside-small-disk-'))
const hasDisk = mounted(disk, '4m')

describe.runIf(hasDisk)('on a disk that is full', () => {
  let app: TestApp
  let as: As
  let photo: Buffer

  beforeAll(async () => {
    app = await makeTestApp({ env: { DATA_DIR: disk } })
    const { identityId } = await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId: 'wx5e1f8c27d90b643a',
      openid: 'oFull',
    })
    as = app.visitor(identityId)
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
    photo = await sharp({
      create: { width: 900, height: 900, channels: 3, background: '#c42', noise },
    })
      .jpeg({ quality: 90 })
      .toBuffer()
  })
  afterAll(async () => {
    await app.stop()
    execFileSync('umount', [disk])
  })

  async function leave(bytes: number): Promise<void> {
    await mkdir(join(disk, 'files'), { recursive: true })
    await rm(join(disk, 'filler'), { force: true })
    const { bavail, bsize } = await statfs(disk)
    await writeFile(join(disk, 'filler'), Buffer.alloc(bavail * bsize - bytes))
  }
  async function upload(): Promise<{ status: number; code: string | undefined }> {
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(photo)]), 'photo.jpg')
    const answer = await app.fetch('/api/files', { method: 'POST', body: form }, as)
    return { status: answer.status, code: ((await answer.json()) as Problem).code }
  }

  test.each([
    ['arrives', 0.5],
    ['is stored', 1.3],
  ])(
    'a photo that does not fit while it %s is refused in words, and no half of it stays',
    async (_when, room) => {
      await leave(Math.floor(photo.length * room))
      expect(await upload()).toEqual({ status: 507, code: 'storage_full' })
      expect(await namesIn(join(disk, 'files'))).toEqual([])
      expect(await app.db.$count(files)).toBe(0)
    },
  )

  test('photos are taken again as soon as there is room', async () => {
    await leave(0)
    expect(await upload()).toMatchObject({ code: 'storage_full' })
    await rm(join(disk, 'filler'))
    expect(await upload()).toMatchObject({ status: 200 })
    expect(await app.db.$count(files)).toBe(1)
  })
})
