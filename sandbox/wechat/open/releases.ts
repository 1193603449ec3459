import { flagField, numberField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, now, type World } from '../../state/world.ts'
import { done, programOf } from './components.ts'
import type { Audit, Program, Release } from './state.ts'

export const releaseMethods: Method[] = [
  { method: 'POST', path: '/wxa/release', handle: release },
  { method: 'GET', path: '/wxa/revertcoderelease', handle: revert },
  { method: 'POST', path: '/wxa/grayrelease', handle: releaseToSome },
  { method: 'GET', path: '/wxa/getgrayreleaseplan', handle: getGrayPlan },
  { method: 'POST', path: '/wxa/change_visitstatus', handle: changeVisibility },
  { method: 'POST', path: '/wxa/getvisitstatus', handle: getVisibility },
  { method: 'POST', path: '/wxa/getversioninfo', handle: getVersions },
]

function release(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  if (call.body === null) throw new Refusal(44002, 'empty post data')
  const audit = approvedAudit(program)
  if (audit.isReleased) throw new Refusal(85052, 'app is already released')
  audit.isReleased = true
  program.gray = null
  program.releases.push({
    appVersion: Math.max(0, ...program.releases.map(({ appVersion }) => appVersion)) + 1,
    releasedAt: now(world),
    version: audit.version,
    isReverted: false,
  })
  changed(world)
  return { ...done }
}

function approvedAudit({ audits }: Program): Audit {
  const last = audits.at(-1)
  if (!last) throw new Refusal(85019, 'no version is under auditing')
  if (last.status !== 0) throw new Refusal(85020, 'audit status is not allowed')
  return last
}

/**
 * Back to the last version, or the one that is named; a version that came back cannot be left
 * again.
 */
function revert(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const older = program.releases.slice(0, -1).reverse()
  if (call.query.action === 'get_history_version')
    return { ...done, version_list: older.slice(0, 5).map(describeRelease) }
  if (program.gray) throw new Refusal(87011, 'version is gray releasing')
  const wanted = call.query.app_version
  const target =
    wanted === undefined ? older[0] : older.find(({ appVersion }) => String(appVersion) === wanted)
  if (!target || program.releases.at(-1)?.isReverted)
    throw new Refusal(87012, 'forbid revert this version release')
  program.releases = [
    ...program.releases.filter((one) => one.appVersion < target.appVersion),
    { ...target, isReverted: true, releasedAt: now(world) },
  ]
  changed(world)
  return { ...done }
}

function describeRelease({ appVersion, version }: Release): Reply {
  return {
    commit_time: Math.floor(version.committedAt / 1000),
    user_version: version.version,
    user_desc: version.desc,
    app_version: appVersion,
  }
}

function releaseToSome(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const percentage = numberField(call, 'gray_percentage', 0, {
    least: 1,
    most: 100,
    wrong: [85081, 'invalid gray percentage'],
  })
  if (program.releases.length === 0) throw new Refusal(85079, 'miniprogram has no online release')
  if (approvedAudit(program).isReleased) throw new Refusal(85052, 'app is already released')
  if (program.gray && percentage <= program.gray.percentage)
    throw new Refusal(85082, 'the percentage must be higher than before')
  program.gray = {
    status: 1,
    percentage,
    createdAt: now(world),
    forDebuggers: flagField(call, 'support_debuger_first'),
    forTesters: flagField(call, 'support_experiencer_first'),
  }
  changed(world)
  return { ...done }
}

function getGrayPlan(world: World, call: Upstream): Reply {
  const { gray } = programOf(world, call)
  return {
    ...done,
    gray_release_plan: {
      status: gray?.status ?? 0,
      create_timestamp: gray ? Math.floor(gray.createdAt / 1000) : 0,
      gray_percentage: gray?.percentage ?? 0,
      support_debuger_first: gray?.forDebuggers ?? false,
      support_experiencer_first: gray?.forTesters ?? false,
    },
  }
}

function changeVisibility(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const action = textField(call, 'action')
  if (action !== 'open' && action !== 'close') throw new Refusal(85021, 'status not allowed')
  program.isVisible = action === 'open'
  changed(world)
  return { ...done }
}

/** 0 suspended, 1 not; the page wants an empty JSON object. */
function getVisibility(world: World, call: Upstream): Reply {
  const { isVisible } = programOf(world, call)
  if (call.body === null) throw new Refusal(44002, 'empty post data')
  return { ...done, status: isVisible ? 1 : 0 }
}

function getVersions(world: World, call: Upstream): Reply {
  const { trial, releases } = programOf(world, call)
  const last = releases.at(-1)
  return {
    ...done,
    ...(trial && {
      exp_info: {
        exp_time: Math.floor(trial.committedAt / 1000),
        exp_version: trial.version,
        exp_desc: trial.desc,
      },
    }),
    ...(last && {
      release_info: {
        release_time: Math.floor(last.releasedAt / 1000),
        release_version: last.version.version,
        release_desc: last.version.desc,
      },
    }),
  }
}
