import { numberField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { Ids } from '../../state/ids.ts'
import { changed, type World } from '../../state/world.ts'
import { ok } from '../access.ts'
import { licenceByCode } from './accounts.ts'
import { trialOf } from './licensed.ts'
import type { Licence } from './state.ts'
import { authorizeForCorp, numberOf, pageOf, secondsOf, statusOf } from './wire.ts'

export const licenceInfoMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/license/get_active_info_by_code', handle: infoByCode },
  { method: 'POST', path: '/cgi-bin/license/batch_get_active_info_by_code', handle: infoByCodes },
  { method: 'POST', path: '/cgi-bin/license/list_actived_account', handle: listActive },
  { method: 'POST', path: '/cgi-bin/license/get_active_info_by_user', handle: infoByUser },
  { method: 'POST', path: '/cgi-bin/license/get_app_license_info', handle: appInfo },
  { method: 'POST', path: '/cgi-bin/license/set_auto_active_status', handle: setAutoActivation },
  { method: 'POST', path: '/cgi-bin/license/get_auto_active_status', handle: getAutoActivation },
]

/** WW-97189. */
function infoByCode(world: World, call: Upstream): Reply {
  const ids = authorizeForCorp(world, call)
  const code = textField(call, 'active_code', { missing: [701021, 'invalid active code'] })
  return { ...ok, active_info: describe(world, ids, licenceByCode(world, code)) }
}

function infoByCodes(world: World, call: Upstream): Reply {
  const ids = authorizeForCorp(world, call)
  const codes = textsField(call, 'active_code_list', {
    missing: [701025, 'empty list'],
    most: 1000,
    wrong: [701026, 'list size exceeds limit'],
  })
  const found = world.licences.licences.filter(({ code }) => codes.includes(code))
  return {
    ...ok,
    active_info_list: found.map((licence) => describe(world, ids, licence)),
    invalid_active_code_list: codes.filter(
      (code) => !found.some((licence) => licence.code === code),
    ),
  }
}

function describe(world: World, ids: Ids, licence: Licence): Reply {
  const { code, kind, memberId, createdAt, mergedInto, mergedFrom } = licence
  const merge = {
    ...(mergedInto !== null && { to_active_code: mergedInto }),
    ...(mergedFrom !== null && { from_active_code: mergedFrom }),
  }
  return {
    active_code: code,
    type: numberOf[kind],
    status: statusOf(world, licence),
    ...(memberId !== null && { userid: ids.member(memberId) }),
    create_time: secondsOf(createdAt),
    ...timesOf(licence),
    ...(Object.keys(merge).length > 0 && { merge_info: merge }),
  }
}

function timesOf({ activatedAt, expiresAt }: Licence): Reply {
  return {
    ...(activatedAt !== null && { active_time: secondsOf(activatedAt) }),
    ...(expiresAt !== null && { expire_time: secondsOf(expiresAt) }),
  }
}

/** WW-97190: who has an account, run out or not. */
function listActive(world: World, call: Upstream): Reply {
  const ids = authorizeForCorp(world, call)
  const limit = numberField(call, 'limit', 500, { least: 1, most: 1000 })
  const bound = world.licences.licences.filter(
    ({ memberId, mergedInto }) => memberId !== null && mergedInto === null,
  )
  const { page, ...more } = pageOf(bound, textField(call, 'cursor'), limit)
  return {
    ...ok,
    ...more,
    account_list: page.map((licence) => ({
      userid: ids.member(licence.memberId ?? ''),
      type: numberOf[licence.kind],
      ...timesOf(licence),
    })),
  }
}

/** WW-97191. */
function infoByUser(world: World, call: Upstream): Reply {
  const ids = authorizeForCorp(world, call)
  const userid = textField(call, 'userid', { missing: [41009, 'userid missing'] })
  const bound = world.licences.licences.filter(
    ({ memberId, mergedInto }) =>
      memberId !== null && mergedInto === null && ids.member(memberId) === userid,
  )
  if (bound.length === 0 && !ids.findMember(userid)) throw new Refusal(701019, 'invalid userid')
  return {
    ...ok,
    active_status: bound.some((licence) => statusOf(world, licence) === 2) ? 1 : 0,
    active_info_list: bound.map((licence) => ({
      active_code: licence.code,
      type: numberOf[licence.kind],
      userid,
      ...timesOf(licence),
    })),
  }
}

/** WW-97194. The platform spells it `trail_info`. */
function appInfo(world: World, call: Upstream): Reply {
  authorizeForCorp(world, call)
  const suiteId = textField(call, 'suite_id', { missing: [41021, 'suite_id missing'] })
  const trial = trialOf(world, suiteId)
  if (!trial || !world.apps.list.some((app) => app.suiteId === suiteId))
    throw new Refusal(40083, 'invalid suite_id')
  return {
    ...ok,
    license_status: 1,
    trail_info: { start_time: secondsOf(trial.start), end_time: secondsOf(trial.end) },
    license_check_time: secondsOf(trial.end),
  }
}

/** WW-95873: only for a corp that something was bought for. */
function setAutoActivation(world: World, call: Upstream): Reply {
  authorizeForCorp(world, call)
  requirePurchase(world)
  const wanted = numberField(call, 'auto_active_status', 0, {
    least: 0,
    most: 1,
    missing: [701070, 'invalid auto active status'],
    wrong: [701070, 'invalid auto active status'],
  })
  world.licences.autoActivates = wanted === 1
  changed(world)
  return ok
}

/** WW-95874. */
function getAutoActivation(world: World, call: Upstream): Reply {
  authorizeForCorp(world, call)
  requirePurchase(world)
  return { ...ok, auto_active_status: world.licences.autoActivates ? 1 : 0 }
}

function requirePurchase({ licences }: World) {
  const hasBought =
    licences.licences.length > 0 ||
    licences.orders.some(({ status }) => status === 'paid' || status === 'refunded')
  if (!hasBought) throw new Refusal(701071, 'never bought license for this corp')
}
