import type { Meter, Table } from '../../platform/area.ts'
import { recentCalls, secondsLeft, stateOf } from '../../state/grants.ts'
import { now, type World } from '../../state/world.ts'
import { appCounter, corpCounter, ticketQuota } from './tokens.ts'
import { chosenDepartments } from './visible.ts'

const shown = 200

export function appTables(world: World): Table[] {
  const { list, provider, suiteTickets, authCodes, contactSync } = world.apps
  const grants = world.grants.filter(({ kind }) => kind.startsWith('wecom.'))
  return [
    {
      title: '应用',
      columns: [
        'agentid',
        'name',
        'mode',
        'secret',
        'suite',
        'members',
        'departments',
        'permissions',
        'ips',
        'home',
        'online',
      ],
      rows: list.map((app) => [
        app.agentId,
        app.name,
        app.mode,
        app.secret,
        app.suiteId,
        app.visible.members.length,
        chosenDepartments(world, app).join(' '),
        app.permissions.join(' '),
        app.allowedIps?.join(' ') ?? null,
        app.home,
        app.isOnline,
      ]),
    },
    {
      title: '通讯录同步',
      columns: ['secret', 'departments'],
      rows: [[contactSync.secret, contactSync.visible.departments.length]],
    },
    {
      title: '服务商',
      columns: ['corpid', 'name', 'secret'],
      rows: [[provider.corpId, provider.name, provider.secret]],
    },
    {
      title: '模板与套件',
      columns: ['suite_id', 'kind', 'name', 'secret', 'ticket', 'pushed seconds ago'],
      rows: provider.suites.map(({ id, kind, name, secret }) => {
        const ticket = suiteTickets[id]?.at(-1)
        return [
          id,
          kind,
          name,
          secret,
          ticket?.value ?? null,
          ticket ? Math.floor((now(world) - ticket.issuedAt) / 1000) : null,
        ]
      }),
    },
    {
      title: 'token 与 ticket',
      columns: ['kind', 'owner', 'token', 'state', 'seconds left'],
      rows: grants
        .slice(-shown)
        .reverse()
        .map((one) => [
          one.kind.replace('wecom.', ''),
          one.owner,
          one.value,
          stateOf(world, one),
          secondsLeft(world, one),
        ]),
      total: grants.length,
    },
    {
      title: '授权码',
      columns: ['auth_code', 'suite', 'app', 'state', 'used', 'seconds left'],
      rows: authCodes
        .slice(-shown)
        .reverse()
        .map((one) => [
          one.value,
          one.suiteId,
          one.appKey,
          one.state,
          one.used,
          Math.max(0, Math.ceil((one.expiresAt - now(world)) / 1000)),
        ]),
      total: authCodes.length,
    },
  ]
}

export function ticketMeters(world: World): Meter[] {
  const hour = 3600
  const kinds = [
    ['wecom.ticket', 'get_jsapi_ticket'],
    ['wecom.agent-ticket', 'ticket/get'],
  ] as const
  return kinds.flatMap(([kind, method]) => [
    {
      title: `${method} 企业`,
      used: recentCalls(world, corpCounter(kind, world.scene.corp.id), hour * 1000).length,
      most: ticketQuota.corp,
      window: hour,
    },
    ...world.apps.list.map((app) => ({
      title: `${method} ${app.name} ${app.agentId}`,
      used: recentCalls(world, appCounter(kind, app.key), hour * 1000).length,
      most: ticketQuota.app,
      window: hour,
    })),
  ])
}
