import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { materials } from '../../materials/tables.ts'
import { makeMaterial } from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { nameBook } from './names.ts'

let app: TestApp
let materialId: string

beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  materialId = await makeMaterial(app, { title: '旧标题' })
  expect(await titleNow()).toBe('旧标题')
  await app.db.update(materials).set({ title: '新标题' }).where(eq(materials.id, materialId))
})
afterEach(() => vi.useRealTimers())

async function titleNow(): Promise<string | undefined> {
  const names = await app.ctx.memory
    .get(nameBook)
    .namesIn([{ material_id: materialId, share_corp: null, share_member: null }])
  return names.material(materialId)?.title
}

test('a new title is shown five seconds after it was given, whoever looked meanwhile', async () => {
  vi.advanceTimersByTime(1_000)
  expect(await titleNow()).toBe('旧标题')
  vi.advanceTimersByTime(4_000)
  expect(await titleNow()).toBe('新标题')
})

test('a title that is often shown is looked up again before any page has to wait for it', async () => {
  vi.advanceTimersByTime(3_000)
  expect(await titleNow()).toBe('旧标题')
  // The clock stands still, so only the look-up in the background can have brought the new name.
  await vi.waitFor(async () => expect(await titleNow()).toBe('新标题'))
})
