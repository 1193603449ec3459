import { inside, numberField, objectField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { idsOf } from '../../state/ids.ts'
import { keepNewest } from '../../state/forget.ts'
import { makeSecret, now, type World } from '../../state/world.ts'
import { ok } from '../access.ts'
import { nameFor } from './names.ts'
import { appOfCorp, authorizeProvider, authorizeSuite, installedApp } from './provider-access.ts'
import type { App, AuthCode } from './state.ts'
import { tokenOf } from './tokens.ts'
import { chosenDepartments } from './visible.ts'
import type { Suite } from '../../scenes/scene.ts'
import { avatarUrl } from '../../state/find.ts'

const tenDays = 864_000
const twentyMinutes = 1200

export const installMethods: Method[] = [
  {
    method: 'POST',
    path: '/cgi-bin/service/get_customized_auth_url',
    handle: getCustomizedAuthUrl,
  },
  { method: 'GET', path: '/cgi-bin/service/get_pre_auth_code', handle: getPreAuthCode },
  { method: 'POST', path: '/cgi-bin/service/set_session_info', handle: setSessionInfo },
  { method: 'POST', path: '/cgi-bin/service/v2/get_permanent_code', handle: getPermanentCode },
  {
    method: 'POST',
    path: '/cgi-bin/service/get_permanent_code',
    handle: getPermanentCodeWithDetails,
  },
  { method: 'POST', path: '/cgi-bin/service/get_auth_info', handle: getAuthInfo },
  { method: 'POST', path: '/cgi-bin/service/get_admin_list', handle: getAdminList },
]

/** WW-98744: the text of a QR code that the provider draws and the corp's admin scans; ten days. */
function getCustomizedAuthUrl(world: World, call: Upstream): Reply {
  authorizeProvider(world, call)
  const state = textField(call, 'state', { mostBytes: 32 })
  if (!/^[a-zA-Z0-9]*$/.test(state)) throw new Refusal(40058, 'invalid Request Parameter')
  const suiteIds = textsField(call, 'templateid_list', {
    missing: [41021, 'suite_id missing'],
    most: 9,
  })
  const { suites } = world.apps.provider
  if (
    !suiteIds.every((id) => suites.some((suite) => suite.id === id && suite.kind === 'customized'))
  )
    throw new Refusal(40083, 'invalid suite_id')
  const text = `https://work.weixin.qq.com/wework_admin/customized_auth?code=${makeSecret(32)}`
  world.apps.invitations.push({ text, suiteIds, state, expiresAt: now(world) + tenDays * 1000 })
  keepNewest(world.apps.invitations)
  return { ...ok, qrcode_url: text, expires_in: tenDays }
}

/** WW-90601. */
function getPreAuthCode(world: World, call: Upstream): Reply {
  const { id } = authorizeSuite(world, call)
  const value = makeSecret(64)
  world.apps.preAuthCodes.push({
    value,
    suiteId: id,
    expiresAt: now(world) + twentyMinutes * 1000,
    isTest: false,
  })
  keepNewest(world.apps.preAuthCodes)
  return { ...ok, pre_auth_code: value, expires_in: twentyMinutes }
}

/** WW-90602. */
function setSessionInfo(world: World, call: Upstream): Reply {
  const { id } = authorizeSuite(world, call)
  const value = textField(call, 'pre_auth_code', { missing: [40058, 'invalid Request Parameter'] })
  const code = world.apps.preAuthCodes.find((one) => one.value === value && one.suiteId === id)
  if (!code) throw new Refusal(40058, 'invalid Request Parameter')
  if (now(world) >= code.expiresAt) throw new Refusal(42007, 'pre_auth_code expired')
  const authType = numberField(inside(call, objectField(call, 'session_info')), 'auth_type', 0, {
    least: 0,
    most: 1,
  })
  code.isTest = authType === 1
  return ok
}

/** WW-97163. */
function getPermanentCode(world: World, call: Upstream): Reply {
  const { app, adminId, state } = exchange(world, call)
  return {
    ...ok,
    permanent_code: app.secret,
    ...briefOf(world, app),
    ...adminOf(world, app, adminId),
    ...(state !== '' && { state }),
  }
}

/**
 * WW-90603, the older path: more of the corp and the app, and for a third-party app its first
 * token.
 */
function getPermanentCodeWithDetails(world: World, call: Upstream): Reply {
  const { app, adminId, state } = exchange(world, call)
  return {
    ...ok,
    ...(app.mode === 'thirdparty' && tokenOf(world, 'wecom.token', app.key)),
    permanent_code: app.secret,
    ...detailOf(world, app),
    ...adminOf(world, app, adminId),
    ...(state !== '' && { state }),
  }
}

function exchange(
  world: World,
  call: Upstream,
): Pick<AuthCode, 'adminId' | 'state'> & { app: App } {
  const suite = authorizeSuite(world, call)
  const value = textField(call, 'auth_code', { missing: [40078, 'invalid auth_code'] })
  const code = world.apps.authCodes.find((one) => one.value === value && one.suiteId === suite.id)
  const app = world.apps.list.find(({ key }) => key === code?.appKey)
  if (!code || !app || code.used || now(world) >= code.expiresAt)
    throw new Refusal(40078, 'invalid auth_code')
  code.used = true
  if (app.secret === '' || code.renews) app.secret = makeSecret(43)
  return { app, adminId: code.adminId, state: code.state }
}

/** WW-91912. */
function getAuthInfo(world: World, call: Upstream): Reply {
  return { ...ok, ...detailOf(world, installedApp(world, call, authorizeSuite(world, call))) }
}

/** WW-90605. */
function getAdminList(world: World, call: Upstream): Reply {
  const suite: Suite = authorizeSuite(world, call)
  const app = appOfCorp(
    world,
    suite,
    textField(call, 'auth_corpid', { missing: [41002, 'corpid missing'] }),
  )
  if (numberField(call, 'agentid', 0) !== Number(app.agentId))
    throw new Refusal(40056, 'invalid agentid')
  const ids = idsOf(world, app)
  return {
    ...ok,
    admin: app.admins.map((id) => ({
      userid: ids.member(id),
      open_userid: ids.member(id),
      auth_type: 1,
    })),
  }
}

function briefOf(world: World, app: App): Reply {
  return {
    auth_corp_info: {
      corpid: idsOf(world, app).corp(app.corpId),
      corp_name: world.scene.corp.name,
    },
  }
}

function adminOf(world: World, app: App, adminId: string): Reply {
  const ids = idsOf(world, app)
  const userid = ids.member(adminId)
  const name = world.members.find(({ id }) => id === adminId)?.name ?? ''
  return {
    auth_user_info: {
      userid,
      open_userid: userid,
      ...nameFor({ app, ids }, userid, name),
      avatar: avatarUrl(world, adminId),
    },
  }
}

function detailOf(world: World, app: App): Reply {
  const ids = idsOf(world, app)
  const logo = `${world.addresses.sandbox}/_sandbox/icons/app.svg`
  return {
    auth_corp_info: {
      corpid: ids.corp(app.corpId),
      corp_name: world.scene.corp.name,
      corp_type: 'verified',
      corp_square_logo_url: logo,
      corp_user_max: 200,
      corp_full_name: world.scene.corp.name,
      verified_end_time: Math.floor((world.setAt + 365 * 86_400_000) / 1000),
      subject_type: 1,
      corp_wxqrcode: '',
      corp_scale: '51-100人',
      corp_industry: '制造业',
      corp_sub_industry: '机械/电子',
    },
    auth_info: {
      agent: [
        {
          agentid: Number(app.agentId),
          name: app.name,
          round_logo_url: logo,
          square_logo_url: logo,
          auth_mode: 0,
          is_customized_app: app.mode === 'customized',
          auth_from_thirdapp: false,
          privilege: {
            level: 1,
            allow_party: chosenDepartments(world, app),
            allow_user: app.visible.members.map(ids.member),
            allow_tag: [],
            extra_party: [],
            extra_user: [],
            extra_tag: [],
          },
        },
      ],
    },
  }
}
