// A Vitest reporter: where each test file's time went, as JSON, for the table at the end of
// `npm test`. The file's name is in `FILE_TIMES`.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from './processes.mjs'

/**
 * @typedef {object} FileTime in milliseconds
 * @property {string} file
 * @property {string} project
 * @property {number} tests how many
 * @property {number} environment opening the worker and its environment (happy-dom)
 * @property {number} imports reading the file and everything that it imports
 * @property {number} run hooks and tests
 */

export default class FileTimes {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const file = process.env.FILE_TIMES
    if (!file) return
    /** @type {FileTime[]} */
    const times = modules.map((module) => {
      const {
        environmentSetupDuration,
        prepareDuration,
        collectDuration,
        setupDuration,
        duration,
      } = module.diagnostic()
      return {
        file: relative(root, module.moduleId),
        project: module.project.name,
        tests: [...module.children.allTests()].length,
        environment: environmentSetupDuration + prepareDuration,
        imports: collectDuration + setupDuration,
        run: duration,
      }
    })
    writeFileSync(file, JSON.stringify(times))
  }
}
