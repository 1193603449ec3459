import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ledger } from './ledger.ts'
import { home } from './home.ts'
import { functions } from './webview/functions.ts'
import { areas } from './platform/areas.ts'

/** The ledger names its tests from the root of the repository. */
const root = new URL('..', home)

const routes = [
  ...areas
    .filter(({ service }) => service === 'wecom')
    .flatMap(({ methods }) => methods)
    .map(({ method, path }) => `wecom ${method} ${path}`),
  ...areas
    .filter(({ service }) => service === 'wechat')
    .flatMap(({ methods }) => methods)
    .map(({ method, path }) => `wechat ${method} ${path}`),
  'open GET /connect/oauth2/authorize',
  'open GET /3rdapp/install',
  'open GET /cgi-bin/componentloginpage',
  ...['agentConfig', 'preVerifyJSAPI', ...Object.keys(functions)].map(
    (name) => `client invoke ${name}`,
  ),
]

it('lists exactly what is played, each method once', () => {
  const claimed = ledger
    .filter(({ state, service }) => state !== 'not yet' && service !== 'push')
    .map(({ service, method, path }) => `${service} ${method} ${path}`)
  expect(claimed.toSorted()).toEqual(routes.toSorted())
  const all = ledger.map(({ service, method, path }) => `${service} ${method} ${path}`)
  expect(new Set(all).size).toBe(all.length)
})

it('names for each method a test that speaks of it, and its official page', () => {
  for (const { path, service, state, test, page } of ledger) {
    expect(page).toMatch(/^https:\/\/(developer\.work|developers)\.weixin\.qq\.com\//)
    if (state === 'not yet') continue
    expect(existsSync(new URL(test, root)), test).toBe(true)
    const word =
      service === 'open'
        ? 'authorize'
        : service === 'push'
          ? (path.split('/').at(-1) ?? '')
          : service === 'wecom'
            ? path.replace('/cgi-bin/', '')
            : path.replace(/^\//, '')
    expect(readFileSync(new URL(test, root), 'utf8'), `${test} on ${path}`).toContain(word)
  }
})
