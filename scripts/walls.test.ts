import { ESLint } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, expect, test } from 'vitest'
import { circlesIn, importGraph, sources } from './lib/imports.mjs'
import { walls } from './walls.mjs'

/** A line in a file that the wall must refuse, and a line that it must let pass. */
interface Plant {
  why: string
  file: string
  refused: string[]
  allowed?: string[]
}

const plants: Plant[] = [
  {
    why: 'the contract knows no rules',
    file: 'shared/contract/x.ts',
    refused: [
      `import { r } from '../rules/r.ts'`,
      `export { call } from '../client/call.ts'`,
      `import dayjs from 'dayjs'`,
    ],
    allowed: [`import * as v from 'valibot'`, `import { Id } from './values.ts'`],
  },
  {
    why: 'words know the contract',
    file: 'shared/text/en/x.ts',
    refused: [`import { r } from '../../rules/r.ts'`, `import * as v from 'valibot'`],
    allowed: [`import '../../contract/errors.ts'`],
  },
  {
    why: 'knows the corp’s zone',
    file: 'sidebar/timeline/x.ts',
    refused: [`import dayjs from 'dayjs'`, `import utc from 'dayjs/plugin/utc.js'`],
    allowed: [`import { dayOf } from '../../shared/text/time.ts'`],
  },
  {
    why: 'knows the corp’s zone',
    file: 'server/workorders/x.ts',
    refused: [`import dayjs from 'dayjs'`],
  },
  {
    why: 'what serves tests stays out',
    file: 'miniprogram/workorders/x.ts',
    refused: [`import '../../shared/testing/contract-server.ts'`],
  },
  {
    why: 'imports nothing of ours and nothing of a platform',
    file: 'shared/rules/x.ts',
    refused: [
      `import axios from 'axios'`,
      `import 'node:fs'`,
      `import { x } from '../../server/app.ts'`,
      `window.open()`,
      `uni.request()`,
      `void process.env`,
    ],
    allowed: [`import '../contract/values.ts'`],
  },
  {
    why: 'an app imports shared/ and itself',
    file: 'sidebar/App.ts',
    refused: [
      `import '../server/app.ts'`,
      `import '../sandbox/api.ts'`,
      `void import('../miniprogram/bridge/login.ts')`,
    ],
    allowed: [`import '../shared/contract/all.ts'`, `import './contacts/x.ts'`],
  },
  {
    why: 'an app imports shared/ and itself',
    file: 'miniprogram/main.ts',
    refused: [`import '../sidebar/App.ts'`],
  },
  {
    why: 'not a sibling',
    file: 'sidebar/materials/preview/x.ts',
    refused: [
      `import '../../timeline/x.ts'`,
      `void import('../../workorders/x.ts')`,
      `import '../../router.ts'`,
    ],
    allowed: [
      `import '../list.ts'`,
      `import '../../ui/x.ts'`,
      `import '../../bridge/x.ts'`,
      `import '../../../shared/contract/all.ts'`,
    ],
  },
  {
    why: 'not a sibling',
    file: 'miniprogram/workorders/x.ts',
    refused: [`import '../materials/x.ts'`],
    allowed: [`import '../bridge/x.ts'`],
  },
  {
    why: 'serve the domains',
    file: 'sidebar/ui/x.ts',
    refused: [`import '../contacts/x.ts'`],
    allowed: [`import '../bridge/x.ts'`],
  },
  {
    why: 'only sidebar/bridge knows the JS-SDK',
    file: 'sidebar/materials/x.ts',
    refused: [`import * as ww from '@wecom/jssdk'`, `type W = import('@wecom/jssdk').Wx`],
  },
  {
    why: 'only miniprogram/bridge calls the platform',
    file: 'miniprogram/materials/x.ts',
    refused: [`void uni.request({})`, `wx.login()`, `document.title = ''`],
    allowed: [`import { onShow } from '@dcloudio/uni-app'`],
  },
  {
    why: 'only over HTTP',
    file: 'server/timeline/x.ts',
    refused: [`import '../../sandbox/api.ts'`, `import '../../sidebar/x.ts'`],
    allowed: [`import '../../shared/contract/all.ts'`],
  },
  {
    why: 'what serves tests stays out',
    file: 'server/timeline/x.ts',
    refused: [`import '../testing/x.ts'`],
  },
  {
    why: 'goes down the floors',
    file: 'server/identity/x.ts',
    refused: [
      `import '../persons/index.ts'`,
      `import type { Contact } from '../contacts/index.ts'`,
      `export * from '../privacy/index.ts'`,
    ],
    allowed: [
      `import '../timeline/index.ts'`,
      `import './merge/merge.ts'`,
      `import '../platforms/wecom/client.ts'`,
      `import '../base/http/serve.ts'`,
      `import '../domain.ts'`,
    ],
  },
  {
    why: 'never sideways',
    file: 'server/shares/x.ts',
    refused: [`import '../sign-in/index.ts'`],
    allowed: [`import '../materials/index.ts'`],
  },
  {
    why: 'goes down the floors',
    file: 'server/base/context.ts',
    refused: [`import type { Live } from '../timeline/index.ts'`],
    allowed: [`import type { Config } from '../config.ts'`],
  },
  {
    why: 'goes down the floors',
    file: 'server/platforms/wecom/x.ts',
    refused: [`import '../../contacts/index.ts'`],
    allowed: [`import '../../base/db/database.ts'`],
  },
  {
    why: 'only through its index.ts',
    file: 'server/workorders/x.ts',
    refused: [`import '../timeline/events/store.ts'`, `export * from '../identity/tables.ts'`],
    allowed: [`import '../timeline/index.ts'`, `import './store.ts'`],
  },
  {
    why: 'only through its index.ts',
    file: 'server/timeline/routes.ts',
    refused: [`import '../persons/may-read.ts'`],
    allowed: [`import '../persons/index.ts'`, `import './page/read.ts'`],
  },
  {
    why: 'only app.ts knows',
    file: 'server/privacy/x.ts',
    refused: [`import '../timeline/domain.ts'`, `import './domain.ts'`],
  },
  {
    why: 'brings the routes',
    file: 'server/workorders/index.ts',
    refused: [`export { workorderRoutes } from './routes.ts'`],
  },
  {
    why: 'has its floor',
    file: 'server/warehouse/x.ts',
    refused: [`import '../base/context.ts'`],
  },
  {
    why: 'goes down the floors',
    file: 'server/app.ts',
    refused: [`import './commands/run.ts'`],
    allowed: [`import './timeline/domain.ts'`, `import './base/clock.ts'`],
  },
  {
    why: 'has its floor',
    file: 'server/base/x.ts',
    refused: [`import '../warehouse/index.ts'`],
  },
  {
    why: 'is a stranger',
    file: 'sandbox/wecom/x.ts',
    refused: [`import '../../server/wecom/client.ts'`, `import '../../shared/contract/all.ts'`],
  },
  {
    why: 'is a stranger',
    file: 'sandbox/desk/x.ts',
    refused: [`import '../../shared/contract/all.ts'`],
    allowed: [`import type { DeskState } from '../api.ts'`],
  },
  {
    why: 'know nothing else of the sandbox',
    file: 'miniprogram/harness/x.ts',
    refused: [`import '../../sandbox/state/world.ts'`, `import '#sandbox/client'`],
    allowed: [`import '#sandbox/runtime/core/program'`],
  },
  {
    why: 'by the names that its package.json exports',
    file: 'server/testing/x.ts',
    refused: [`import '../../sandbox/client.ts'`, `type A = import('../../sandbox/api.ts').Call`],
    allowed: [`import '#sandbox/client'`],
  },
  {
    why: 'the product meets the sandbox over HTTP',
    file: 'server/timeline/x.ts',
    refused: [`import '#sandbox/client'`, `import '#sandbox'`],
  },
  {
    why: 'is a stranger',
    file: 'sandbox/wecom/x.ts',
    refused: [`import '#sandbox/client'`],
  },
  {
    why: 'knows no other part of the sandbox',
    file: 'sandbox/runtime/core/x.ts',
    refused: [`import '../../state/world.ts'`],
    allowed: [`import './stack.ts'`],
  },
  {
    why: 'in any JavaScript at all',
    file: 'sandbox/runtime/core/x.ts',
    refused: [`import 'node:fs'`, `import '../node/read-bundle.ts'`],
  },
  {
    why: 'there is no Node',
    file: 'sidebar/bridge/x.ts',
    refused: [`import 'node:crypto'`, `import { readFileSync } from 'fs'`],
  },
  {
    why: 'as a user does',
    file: 'e2e/x.spec.ts',
    refused: [`import '../server/app.ts'`, `import '../sandbox/main.ts'`],
  },
]

/**
 * The project's own configuration without the rules that need the whole program, because a planted
 * file belongs to none.
 */
const eslint = new ESLint({
  cwd: new URL('..', import.meta.url).pathname,
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false } } },
  ],
})

async function complaints(file: string, line: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: file })
  if (!result) throw new Error(`${file} is not linted`)
  const broken = result.messages.find(({ fatal }) => fatal)
  if (broken) throw new Error(`${line}: ${broken.message}`)
  return result.messages
    .filter(({ ruleId }) => ruleId === 'chatside/walls')
    .map(({ message }) => message)
}

/** Returns the import graph of files that exist nowhere. */
function planted(texts: Record<string, string>) {
  return importGraph(Object.keys(texts), (file) => texts[file] ?? '')
}

describe('circles', () => {
  test('a circle of three files is found, types and dynamic imports included', () => {
    const circle = planted({
      'server/a/one.ts': `import type { Two } from '../b/two.ts'`,
      'server/b/two.ts': `const three = await import('./three.vue')`,
      'server/b/three.vue': `<script setup lang="ts">export * from '../a/one.ts'</script>`,
      'server/b/four.ts': `import './two.ts'`,
    })
    expect(circlesIn(circle)).toEqual([
      ['server/a/one.ts', 'server/b/three.vue', 'server/b/two.ts'],
    ])
  })

  test('two ways to one file are none', () => {
    const diamond = planted({
      'a.ts': `import './b.ts'\nimport './c.ts'`,
      'b.ts': `import './d.ts'`,
      'c.ts': `import './d.ts'`,
      'd.ts': '',
    })
    expect(circlesIn(diamond)).toEqual([])
  })

  test('there is none in the repository', () => {
    expect(circlesIn(importGraph(sources()))).toEqual([])
  })
})

describe('walls', () => {
  for (const { why, file, refused, allowed = [] } of plants) {
    for (const line of refused)
      test(`${file} may not say ${line}`, async () => {
        expect(await complaints(file, line)).toEqual([expect.stringContaining(why)])
      })
    for (const line of allowed)
      test(`${file} may say ${line}`, async () => {
        expect(await complaints(file, line)).toEqual([])
      })
  }

  test('every wall has a planted violation', () => {
    const unproved = walls
      .filter(({ why }) => !plants.some((plant) => why.includes(plant.why)))
      .map(({ why }) => why)
    expect(unproved).toEqual([])
  })
})
