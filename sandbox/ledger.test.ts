import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ledger } from './ledger.ts'
import { root } from './root.ts'
import { functions } from './webview/functions.ts'
import { wechatMethods } from './wechat/methods.ts'
import { wecomMethods } from './wecom/methods.ts'

const routes = [
  ...wecomMethods.map(({ method, path }) => `wecom ${method} ${path}`),
  ...wechatMethods.map(({ method, path }) => `wechat ${method} ${path}`),
  'open GET /connect/oauth2/authorize',
  ...['agentConfig', 'preVerifyJSAPI', ...Object.keys(functions)].map((name) => `client invoke ${name}`),
]

it('lists exactly what is played, each method once', () => {
  const claimed = ledger.filter(({ state }) => state !== 'not yet').map(({ service, method, path }) => `${service} ${method} ${path}`)
  expect(claimed.toSorted()).toEqual(routes.toSorted())
  const all = ledger.map(({ service, method, path }) => `${service} ${method} ${path}`)
  expect(new Set(all).size).toBe(all.length)
})

it('names for each method a test that speaks of it, and its official page', () => {
  for (const { path, service, state, test, page } of ledger) {
    expect(page).toMatch(/^https:\/\/(developer\.work|developers)\.weixin\.qq\.com\//)
    if (state === 'not yet') continue
    expect(existsSync(new URL(test, root)), test).toBe(true)
    const word = service === 'open' ? 'authorize' : service === 'wecom' ? path.replace('/cgi-bin/', '') : path.replace(/^\//, '')
    expect(readFileSync(new URL(test, root), 'utf8'), `${test} on ${path}`).toContain(word)
  }
})
