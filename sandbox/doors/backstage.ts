import type Router from '@koa/router'
import { ledger } from '../ledger.ts'
import { issueCode } from '../state/grants.ts'
import { areas, tick } from '../platform/areas.ts'
import { changed, findCustomer, findMember, makeId, now, type World } from '../state/world.ts'
import { credentials, providerCredentials } from './credentials.ts'
import { Nonsense } from './nonsense.ts'
import { readBody } from './read.ts'
import * as shapes from './shapes.ts'
import { mainApp } from '../wecom/apps/state.ts'

/** Doors for developers and tests: what goes wrong with the platforms, and what they saw. */
export function backstageDoors(router: Router, world: World) {
  router.post('/_sandbox/clock', async (ctx) => {
    const { advanceSeconds } = await readBody(ctx, shapes.MoveClock)
    world.offsetMs += advanceSeconds * 1000
    tick(world)
    changed(world)
    ctx.body = { now: new Date(now(world)).toISOString() }
  })

  router.post('/_sandbox/faults', async (ctx) => {
    const { path, times, ...how } = await readBody(ctx, shapes.AddFault)
    if (!isMethod(path))
      throw new Nonsense(`"${path}" is no method of the sandbox, see /_sandbox/ledger`)
    const fault = { id: makeId('fault'), path, times, how }
    world.faults.push(fault)
    changed(world)
    ctx.body = fault
  })

  router.delete('/_sandbox/faults', (ctx) => {
    world.faults = []
    for (const release of world.hanging) release()
    world.hanging.clear()
    changed(world)
    ctx.body = { ok: true }
  })

  router.post('/_sandbox/tokens/revoke', async (ctx) => {
    const { service } = await readBody(ctx, shapes.RevokeTokens)
    const isMeant = (kind: string) =>
      /token$/.test(kind) && (service === undefined || kind.startsWith(service))
    ctx.body = { revoked: revoke(world, isMeant) }
  })

  router.post('/_sandbox/tickets/revoke', async (ctx) => {
    await readBody(ctx, shapes.Nothing)
    ctx.body = { revoked: revoke(world, (kind) => /ticket$/.test(kind)) }
  })

  router.post('/_sandbox/visible-range', async (ctx) => {
    const { memberIds } = await readBody(ctx, shapes.VisibleRange)
    const unknown = memberIds.find((id) => !findMember(world, id))
    if (unknown !== undefined) throw new Nonsense(`there is no member "${unknown}"`)
    mainApp(world).visible = { members: memberIds, departments: [] }
    changed(world)
    ctx.body = { memberIds }
  })

  router.post('/_sandbox/trusted-hosts', async (ctx) => {
    const { hosts } = await readBody(ctx, shapes.TrustedHosts)
    world.trustedHosts = hosts
    changed(world)
    ctx.body = { hosts }
  })

  router.post('/_sandbox/codes', async (ctx) => {
    const wish = await readBody(ctx, shapes.IssueCode)
    const userId = wish.kind === 'wecom' ? wish.memberId : wish.customerId
    const exists = wish.kind === 'wecom' ? findMember(world, userId) : findCustomer(world, userId)
    if (!exists) throw new Nonsense(`there is no user "${userId}"`)
    const owner = {
      wecom: mainApp(world).key,
      miniprogram: world.scene.miniprogram.appid,
      official: world.scene.officialAccount.appid,
    }[wish.kind]
    const scope = wish.kind === 'official' ? wish.scope : 'snsapi_base'
    ctx.body = {
      code: issueCode(world, { kind: wish.kind, owner, userId, scope, redirectHost: null }),
    }
  })

  router.post('/_sandbox/upstream', async (ctx) => {
    const { urls } = await readBody(ctx, shapes.SetUpstream)
    world.addresses.upstream = urls
    changed(world)
    ctx.body = { urls }
  })

  router.get('/_sandbox/credentials', (ctx) => {
    ctx.body = { env: credentials(world), ...providerCredentials(world) }
  })

  router.get('/_sandbox/calls', (ctx) => {
    const { service, path, last } = ctx.query
    const wanted = world.calls.filter(
      (call) => (!service || call.service === service) && (!path || call.path === path),
    )
    ctx.body = { items: newest(wanted, last) }
  })

  router.get('/_sandbox/invokes', (ctx) => {
    const { webview, name, last } = ctx.query
    const wanted = world.invokes.filter(
      (one) => (!webview || one.webviewId === webview) && (!name || one.name === name),
    )
    ctx.body = { items: newest(wanted, last) }
  })

  router.get('/_sandbox/ledger', (ctx) => {
    ctx.body = { items: ledger }
  })
}

function isMethod(path: string): boolean {
  return areas.some(({ service, methods }) =>
    methods.some((one) => one.path === path || `/${service}${one.path}` === path),
  )
}

/** Withdraws what still holds; returns how many. */
function revoke(world: World, isMeant: (kind: string) => boolean): number {
  const meant = world.grants.filter(
    (one) => isMeant(one.kind) && !one.revoked && one.expiresAt > now(world),
  )
  for (const one of meant) one.revoked = true
  world.recalled = world.recalled.filter((one) => !isMeant(one.kind))
  changed(world)
  return meant.length
}

/** `?last=300`: a reader that asks every second gets only the newest. */
function newest<T>(items: T[], last: unknown): T[] {
  const most = Number(last)
  return Number.isInteger(most) && most > 0 ? items.slice(-most) : items
}
