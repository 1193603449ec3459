import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

describe('a request that is not right', () => {
  it('is healthy', async () => {
    const response = await app.fetch('/api/health')
    expect(await response.json()).toMatchObject({ status: 'ok', database: { status: 'up' } })
  })
})
