import { flagField, isRecord, numberField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { push } from '../../pushes/push.ts'
import { recentCalls, within } from '../../state/grants.ts'
import { changed, now, seconds, type World } from '../../state/world.ts'
import { findAccount } from '../accounts/accounts.ts'
import { categories } from './categories.ts'
import { privacyGaps, requireChecked } from './code.ts'
import { agentOf, done, nextNumber, programOf } from './components.ts'
import type { Audit, Program, Version } from './state.ts'
import type { Xml } from '../../pushes/receiver.ts'

export const auditMethods: Method[] = [
  { method: 'POST', path: '/wxa/submit_audit', handle: submit },
  { method: 'POST', path: '/wxa/get_auditstatus', handle: getStatus },
  { method: 'GET', path: '/wxa/get_latest_auditstatus', handle: getLatest },
  { method: 'GET', path: '/wxa/undocodeaudit', handle: undo },
  { method: 'GET', path: '/wxa/queryquota', handle: queryQuota },
  { method: 'POST', path: '/wxa/speedupaudit', handle: speedUp },
]

const day = 86_400_000
const month = 30 * day
/** The page of undoAudit: five a day and ten a month for one account. */
export const mostUndos = { day: 5, month: 10 }
/** A platform's month. The pages name no numbers: every platform has its own. */
export const quota = { audits: 50, speedups: 5 }

/** What is under way or delayed. */
const pending = [2, 4]

function submit(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const component = agentOf(world, call)
  const { trial } = program
  if (!trial) throw new Refusal(85086, 'must commit before submit audit')
  requireChecked(world, trial)
  if (program.audits.some(({ status }) => pending.includes(status)))
    throw new Refusal(85009, 'already submit a version under auditing')
  checkItems(call, trial)
  const { without_auth_list, without_conf_list } = privacyGaps(program, trial)
  const gaps = [...new Set([...without_auth_list, ...without_conf_list])]
  if (gaps.length > 0 && !flagField(call, 'privacy_api_not_use'))
    throw new Refusal(
      61040,
      `ext.json配置的隐私接口${gaps.join('、')}无权限，请申请权限后再提交审核`,
    )
  if (!within(world, auditCounter(component.appid), quota.audits, month))
    throw new Refusal(85085, 'submit audit reach limit')
  const audit: Audit = {
    id: nextNumber(world),
    status: 2,
    reason: '',
    screenshots: '',
    submittedAt: now(world),
    isSpedUp: false,
    isReleased: false,
    version: trial,
  }
  program.audits.push(audit)
  changed(world)
  return { ...done, auditid: audit.id }
}

/**
 * item_list may be left out; when it is there, one to five pages, each in a category of the mini
 * program.
 */
function checkItems(call: Upstream, trial: Version) {
  const given = call.body?.item_list
  if (given === undefined) return
  const items = Array.isArray(given) ? given.filter(isRecord) : []
  if (items.length < 1 || items.length > 5)
    throw new Refusal(85023, 'item_list must have 1 to 5 items')
  for (const { address, title, first_class, second_class } of items) {
    if (address !== undefined && !trial.pages.includes(String(address)))
      throw new Refusal(85007, 'invalid page path')
    if (typeof title === 'string' && [...title].length > 32)
      throw new Refusal(85011, 'invalid title')
    const isOurs = categories.some(
      (one) => one.first_class === first_class && one.second_class === second_class,
    )
    if (!isOurs) throw new Refusal(85008, 'invalid class')
  }
}

function getStatus(world: World, call: Upstream): Reply {
  const { audits } = programOf(world, call)
  const id =
    typeof call.body?.auditid === 'string'
      ? Number(call.body.auditid)
      : numberField(call, 'auditid', -1)
  const audit = audits.find((one) => one.id === id)
  if (!audit) throw new Refusal(85012, 'invalid audit id')
  const { screenshots } = audit
  return {
    ...done,
    ...describeAudit(audit),
    ...(screenshots !== '' && { screenshot: screenshots }),
  }
}

/** Its sample spells `ScreenShot`, the other one's `screenshot`. */
function getLatest(world: World, call: Upstream): Reply {
  const audit = programOf(world, call).audits.at(-1)
  if (!audit) throw new Refusal(85058, 'no valid audit_id exist')
  const { screenshots } = audit
  return {
    ...done,
    auditid: audit.id,
    ...describeAudit(audit),
    ...(screenshots !== '' && { ScreenShot: screenshots }),
  }
}

function describeAudit({ status, reason, version, submittedAt }: Audit): Reply {
  return {
    status,
    ...((status === 1 || status === 4) && { reason }),
    user_version: version.version,
    user_desc: version.desc,
    submit_audit_time: Math.floor(submittedAt / 1000),
  }
}

function undo(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const audit = pendingAudit(program)
  if (!audit) throw new Refusal(85019, 'no version is under auditing')
  const counter = undoCounter(program.appid)
  const isOver =
    recentCalls(world, counter, day).length >= mostUndos.day ||
    recentCalls(world, counter, month).length >= mostUndos.month
  if (isOver) throw new Refusal(87013, 'no quota to undo code')
  within(world, counter, mostUndos.month, month)
  audit.status = 3
  changed(world)
  return { ...done }
}

function queryQuota(world: World, call: Upstream): Reply {
  const { appid } = agentOf(world, call)
  const rest = quota.audits - recentCalls(world, auditCounter(appid), month).length
  const speedups = quota.speedups - recentCalls(world, speedUpCounter(appid), month).length
  return {
    ...done,
    rest,
    limit: quota.audits,
    speedup_rest: speedups,
    speedup_limit: quota.speedups,
  }
}

function speedUp(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const { appid } = agentOf(world, call)
  const audit = program.audits.find(({ id }) => id === numberField(call, 'auditid', -1))
  if (!audit || !pending.includes(audit.status))
    throw new Refusal(89402, 'the audit is not in the queue')
  if (audit.isSpedUp) throw new Refusal(89404, 'the audit has been sped up already')
  if (!within(world, speedUpCounter(appid), quota.speedups, month))
    throw new Refusal(89403, 'the audit cannot be sped up')
  audit.isSpedUp = true
  changed(world)
  return { ...done }
}

export function pendingAudit({ audits }: Program): Audit | undefined {
  return audits.findLast(({ status }) => pending.includes(status))
}

/** WeChat's people decide; the account's and the platform's addresses hear of it. */
export function decide(
  world: World,
  program: Program,
  audit: Audit,
  verdict: 'pass' | 'fail' | 'delay',
  reason: string,
  screenshots: string,
) {
  audit.status = ({ pass: 0, fail: 1, delay: 4 } as const)[verdict]
  audit.reason = reason
  audit.screenshots = screenshots
  const time = seconds(world)
  const bodies: Record<typeof verdict, Xml> = {
    pass: { Event: 'weapp_audit_success', SuccTime: time },
    fail: {
      Event: 'weapp_audit_fail',
      Reason: reason,
      FailTime: time,
      ...(screenshots !== '' && { ScreenShot: { bare: screenshots } }),
    },
    delay: { Event: 'weapp_audit_delay', Reason: reason, DelayTime: time },
  }
  tellProgram(world, program, bodies[verdict])
}

/** An event of the mini program itself, from its own administrator. */
export function tellProgram(world: World, { appid }: Program, event: Xml) {
  const originalId = findAccount(world, appid)?.originalId ?? ''
  const head = {
    ToUserName: originalId,
    FromUserName: `o${appid.slice(2)}admin`,
    CreateTime: seconds(world),
    MsgType: 'event',
  }
  push(world, `account:${appid}`, { ...head, ...event })
}

export function auditCounter(component: string): string {
  return `open:audits:${component}`
}

export function speedUpCounter(component: string): string {
  return `open:speedups:${component}`
}

export function undoCounter(appid: string): string {
  return `open:undo:${appid}`
}
