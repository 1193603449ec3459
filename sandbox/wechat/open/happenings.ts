import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { changed, now, type World } from '../../state/world.ts'
import { findAccount } from '../accounts/accounts.ts'
import { decide, pendingAudit } from './audits.ts'
import { authorizeTo, findAuthorization, unauthorize } from './authorizations.ts'
import { findComponent } from './components.ts'
import { decideApi } from './privacy.ts'
import { setsOf, takenSets } from './sets.ts'
import type { Component, Program } from './state.ts'
import { pushTicket } from './tickets.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const words = v.pipe(v.string(), v.maxLength(2000))
const Authorize = v.strictObject({
  component: id,
  appid: id,
  sets: v.optional(v.array(v.pipe(v.number(), v.integer()))),
})
const Pair = v.strictObject({ component: id, appid: id })
const OfProgram = v.strictObject({ appid: id })

export const openHappenings: Happening[] = [
  happening(
    'open.ticket',
    'WeChat pushes the verify ticket to a third-party platform now.',
    v.strictObject({ component: id }),
    (world, body) => {
      const ticket = pushTicket(world, knownComponent(world, body.component))
      return { ticket }
    },
  ),
  happening(
    'open.stop-tickets',
    'WeChat stops pushing verify tickets to a third-party platform, until api_start_push_ticket.',
    v.strictObject({ component: id }),
    (world, body) => {
      knownComponent(world, body.component).isPushingTickets = false
      changed(world)
    },
  ),
  happening(
    'open.authorize',
    'The admin of an account allows a third-party platform some permission sets; all that are free unless said.',
    Authorize,
    (world, body) => {
      const sets = checkSets(world, body.component, body.appid, body.sets)
      return { auth_code: authorizeTo(world, body.component, body.appid, sets, '') }
    },
  ),
  happening(
    'open.update',
    'The admin changes the permission sets of a third-party platform.',
    Authorize,
    (world, body) => {
      const sets = checkSets(world, body.component, body.appid, body.sets)
      if (!findAuthorization(world, body.component, body.appid))
        throw new Nonsense(`${body.appid} has not authorized ${body.component}`)
      return { auth_code: authorizeTo(world, body.component, body.appid, sets, '') }
    },
  ),
  happening(
    'open.unauthorize',
    'The admin takes the authorization of a third-party platform away.',
    Pair,
    (world, body) => {
      const authorization = findAuthorization(world, body.component, body.appid)
      if (!authorization) throw new Nonsense(`${body.appid} has not authorized ${body.component}`)
      unauthorize(world, authorization)
    },
  ),
  happening(
    'open.allow-ips',
    'A third-party platform sets its IP allow-list; null: every address may call.',
    v.strictObject({ component: id, ips: v.nullable(v.array(id)) }),
    (world, body) => {
      knownComponent(world, body.component).allowedIps = body.ips
      changed(world)
    },
  ),
  happening(
    'open.draft',
    'A developer of a third-party platform uploads a draft with the developer tools.',
    v.strictObject({
      component: id,
      version: id,
      desc: v.optional(words, ''),
      pages: v.optional(v.array(id)),
      privateApis: v.optional(
        v.array(v.pipe(v.string(), v.regex(/^wx\.\w+$/, 'must be like wx.getLocation'))),
        [],
      ),
    }),
    (world, body) => {
      const { drafts } = knownComponent(world, body.component)
      const draft = {
        id: Math.max(-1, ...drafts.map((one) => one.id)) + 1,
        version: body.version,
        desc: body.desc,
        createdAt: now(world),
        pages: body.pages ?? world.scene.wechat.miniprogram.pages,
        privateApis: body.privateApis,
      }
      drafts.push(draft)
      changed(world)
      return { draft_id: draft.id }
    },
  ),
  happening(
    'audit.pass',
    'WeChat approves the version that is under way.',
    OfProgram,
    (world, { appid }) => verdict(world, appid, 'pass', '', ''),
  ),
  happening(
    'audit.fail',
    'WeChat rejects the version that is under way.',
    v.strictObject({
      appid: id,
      reason: v.optional(words, '1:账号信息不符合规范'),
      screenshots: v.optional(words, ''),
    }),
    (world, { appid, reason, screenshots }) => verdict(world, appid, 'fail', reason, screenshots),
  ),
  happening(
    'audit.delay',
    'WeChat needs longer for the version that is under way.',
    v.strictObject({ appid: id, reason: v.optional(words, '审核时效可能会增长，请耐心等待') }),
    (world, { appid, reason }) => verdict(world, appid, 'delay', reason, ''),
  ),
  happening(
    'privacy.decide',
    'WeChat decides about an interface for which a mini program has applied.',
    v.strictObject({ appid: id, api: id, granted: v.boolean(), reason: v.optional(words, '') }),
    (world, { appid, api, granted, reason }) => {
      const program = knownProgram(world, appid)
      if (program.privateApis[api]?.status !== 3)
        throw new Nonsense(`${appid} has not applied for ${api}`)
      decideApi(world, program, api, granted, reason)
      changed(world)
    },
  ),
]

function verdict(
  world: World,
  appid: string,
  verdict: 'pass' | 'fail' | 'delay',
  reason: string,
  screenshots: string,
) {
  const program = knownProgram(world, appid)
  const audit = pendingAudit(program)
  if (!audit) throw new Nonsense(`no version of ${appid} is under way`)
  decide(world, program, audit, verdict, reason, screenshots)
  changed(world)
  return { auditid: audit.id }
}

/** Sets that the account's kind has and that no other platform holds alone. */
export function checkSets(
  world: World,
  component: string,
  appid: string,
  wanted: number[] | undefined,
): number[] {
  knownComponent(world, component)
  const account = findAccount(world, appid)
  if (!account) throw new Nonsense(`there is no account "${appid}"`)
  const possible = setsOf(account.kind).map((set) => set.id)
  const taken = takenSets(world, component, appid)
  const strange = wanted?.find((set) => !possible.includes(set))
  if (strange !== undefined)
    throw new Nonsense(`${appid} has no permission set ${strange}, only ${possible.join(', ')}`)
  const lost = wanted?.find((set) => taken.includes(set))
  if (lost !== undefined)
    throw new Nonsense(`permission set ${lost} goes to one platform only, and another one has it`)
  return [...new Set(wanted ?? possible.filter((set) => !taken.includes(set)))]
}

function knownComponent(world: World, appid: string): Component {
  const component = findComponent(world, appid)
  if (!component) throw new Nonsense(`there is no third-party platform "${appid}"`)
  return component
}

function knownProgram(world: World, appid: string): Program {
  const program = world.open.programs.find((one) => one.appid === appid)
  if (!program) throw new Nonsense(`there is no mini program "${appid}"`)
  return program
}
