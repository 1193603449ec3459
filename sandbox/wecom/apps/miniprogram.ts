import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import {
  happening,
  Refusal,
  type Method,
  type Reply,
  type Upstream,
} from '../../platform/method.ts'
import { issueCode, spendCode } from '../../state/grants.ts'
import { idsOf } from '../../state/ids.ts'
import type { Code, World } from '../../state/world.ts'
import { authorize, ok, type Caller } from '../access.ts'
import { mayEnter } from '../licences/entry.ts'
import { authorizeSuite } from './provider-access.ts'
import { appNamed, memberNamed } from './tell-app.ts'

/** `wx.qy.login` of a mini program that WeCom runs. */
export const miniprogramLoginMethods: Method[] = [
  {
    method: 'GET',
    path: '/cgi-bin/miniprogram/jscode2session',
    handle: (world, call) => {
      const caller = authorize(world, call)
      return { ...sessionOf(caller, redeem(world, caller.app.key, call)), ...ok }
    },
  },
  { method: 'GET', path: '/cgi-bin/service/miniprogram/jscode2session', handle: forSuite },
]

/** WW-92468. */
function forSuite(world: World, call: Upstream): Reply {
  const { id } = authorizeSuite(world, call)
  const app = world.apps.list.find(({ suiteId }) => suiteId === id)
  if (!app) throw new Refusal(40029, 'invalid code')
  const ids = idsOf(world, app)
  const code = redeem(world, app.key, call)
  return { ...sessionOf({ app, ids }, code), open_userid: ids.member(code.userId), ...ok }
}

/** WW-91507: the token must be of the app that the mini program is linked to. */
function redeem(world: World, owner: string, { query }: Upstream): Code {
  if (query.grant_type !== 'authorization_code')
    throw new Refusal(40058, 'invalid Request Parameter')
  if (!query.js_code) throw new Refusal(41008, 'code missing')
  const code = spendCode(world, 'wecom-miniprogram', owner, query.js_code)
  if (typeof code === 'string') throw new Refusal(40029, 'invalid code')
  return code
}

function sessionOf({ app, ids }: Caller, { userId }: Code): Reply {
  return {
    corpid: ids.corp(app.corpId),
    userid: ids.member(userId),
    session_key: randomBytes(16).toString('base64'),
  }
}

/** No server takes part in it: the client gives the code. */
export const miniprogramLogin = happening(
  'app.miniprogram-login',
  'A mini program that is linked to the app calls wx.qy.login in WeCom; gives its code, or what WeCom shows to a member without a licence.',
  v.strictObject({ agentId: v.optional(v.string()), memberId: v.string() }),
  (world, { agentId, memberId }) => {
    const app = appNamed(world, agentId)
    const member = memberNamed(world, memberId)
    if (!mayEnter(world, app, member, true)) return { error: '请联系服务商开通许可账号' }
    return {
      code: issueCode(world, {
        kind: 'wecom-miniprogram',
        owner: app.key,
        userId: member.id,
        scope: '',
        redirectHost: null,
      }),
    }
  },
)
