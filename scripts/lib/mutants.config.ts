// The tests that `npm run mutants` holds against mistakes: one project of vite.config.ts, narrowed
// to some folders. Stryker reads this file, in a copy of the project and in processes of its own,
// so the choice comes by the environment.
import type { TestProjectConfiguration } from 'vitest/config'
import { defineConfig } from 'vitest/config'
import whole from '../../vite.config.ts'

const name = process.env['MUTANTS_PROJECT']
const tests = (process.env['MUTANTS_TESTS'] ?? '').split(',')

function isChosen(project: TestProjectConfiguration): boolean {
  return typeof project === 'object' && 'test' in project && project.test?.name === name
}

const chosen = whole.test?.projects?.find(isChosen)
if (typeof chosen !== 'object' || !('test' in chosen))
  throw new Error(`vite.config.ts has no project ${name}`)

export default defineConfig({
  ...chosen,
  test: {
    ...chosen.test,
    include: tests.map((folder) =>
      /\.test\.ts$/.test(folder) ? folder : `${folder}/**/*.test.ts`,
    ),
    // A mutant that hangs a test is found by Stryker's own limit.
    hookTimeout: 30_000,
    testTimeout: 10_000,
  },
})
