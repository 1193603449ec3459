import { accounts, template } from './accounts.ts'
import { demo } from './demo.ts'
import type { Scene, SceneApp } from './scene.ts'

/**
 * The same app of the same people, but made by a service provider for the corp (代开发): encrypted
 * ids, a permanent code, licences.
 */
const customizedApp: SceneApp = {
  agentId: '1000005',
  name: template.name,
  mode: 'customized',
  secret: 'pC5nTz8RkW2yLq9VdX1sGf6uJbE4haZm7iQoKtMvY3w',
  suiteId: template.id,
  home: '/sidebar/',
  callbackToken: 'hL6vQz3XkT8sNw2r',
  callbackAesKey: 'wN5bTq9XmR2kLz7VcY4pHs1uGdJ8faEi6oKtQxMvB3Z',
}

/**
 * The trial of 90 days runs, since 60 days. Customers whom a member had more than a month before
 * that are not told to the app (WW-96307).
 */
export const customized: Scene = {
  ...demo,
  name: 'customized-app',
  title: '代开发应用：加密的 id，试用期内',
  apps: [customizedApp, ...accounts.apps],
  licences: { trialDaysAgo: 60, accounts: [] },
}

/** The trial is over: 周晓岚 has an account, 韩雪's ran out last week, 李卫东 never had one. */
export const lapsed: Scene = {
  ...customized,
  name: 'lapsed-licence',
  title: '代开发应用：试用期已过，接口许可不全',
  members: demo.members.map((member) => ({ ...member, visible: true })),
  licences: {
    trialDaysAgo: 120,
    accounts: [
      { memberId: 'ZhouXiaolan', kind: 'contact', daysLeft: 200 },
      { memberId: 'HanXue', kind: 'contact', daysLeft: -7 },
    ],
  },
}
