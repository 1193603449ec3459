import { test as base } from '@playwright/test'
import { openStage, type Stage } from './stage.ts'

interface WorkerFixtures {
  /**
   * How many server processes share the database; `test.use({ servers: 2 })` at the top of a file.
   */
  servers: number
  stage: Stage
}

interface TestFixtures {
  /**
   * Every test begins with the scene as it is written; it also brings the logs into the report of a
   * red one.
   */
  scene: void
  /**
   * Calls a door of the sandbox, e.g. `await door('faults', { path, errcode })`; without a body it
   * asks.
   */
  door: Door
}

export type Door = <T = unknown>(path: string, body?: unknown) => Promise<T>

export const test = base.extend<TestFixtures, WorkerFixtures>({
  servers: [1, { scope: 'worker', option: true }],

  stage: [
    async ({ servers }, use, { parallelIndex }) => {
      const stage = await openStage(servers, parallelIndex)
      await use(stage)
      await stage.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  door: async ({ stage }, use) => {
    await use(async <T>(path: string, body?: unknown) => {
      const init =
        body === undefined
          ? {}
          : {
              method: 'POST',
              headers: { 'Content-Type': 'application/json' },
              body: JSON.stringify(body),
            }
      const answer = await fetch(`${stage.sandboxUrl}/_sandbox/${path}`, init)
      if (!answer.ok)
        throw new Error(`/_sandbox/${path} answered ${answer.status}: ${await answer.text()}`)
      return (await answer.json()) as T
    })
  },

  scene: [
    async ({ stage, door }, use, info) => {
      await door('reset', { scene: 'demo' })
      await use()
      if (info.status !== info.expectedStatus)
        await info.attach('logs', { body: stage.logs(), contentType: 'text/plain' })
    },
    { auto: true },
  ],
})

export { expect } from '@playwright/test'
