import type { Meter, Table } from '../../platform/area.ts'
import { recentCalls } from '../../state/grants.ts'
import type { World } from '../../state/world.ts'
import { auditCounter, mostUndos, quota, speedUpCounter, undoCounter } from './audits.ts'

const day = 86_400
const month = 30 * day

export function openTables(world: World): Table[] {
  const { components, authorizations, programs, accounts } = world.open
  const time = (ms: number) => (ms === 0 ? '' : new Date(ms).toISOString())
  const auditStates = ['已通过', '未通过', '审核中', '已撤回', '延后']
  return [
    {
      title: '第三方平台',
      columns: ['appid', '名称', '推送 ticket', '最近的 ticket', '草稿', '模板'],
      rows: components.map((one) => [
        one.appid,
        one.name,
        one.isPushingTickets,
        time(one.tickets.at(-1)?.issuedAt ?? 0),
        one.drafts.length,
        one.templates.length,
      ]),
    },
    {
      title: '授权',
      columns: ['第三方平台', '帐号', '权限集', '时间'],
      rows: authorizations.map((one) => [
        one.component,
        one.appid,
        one.sets.join(' '),
        time(one.authorizedAt),
      ]),
    },
    {
      title: '小程序版本',
      columns: ['appid', '体验版', '最近的审核', '线上版', '可见'],
      rows: programs.map((one) => {
        const audit = one.audits.at(-1)
        return [
          one.appid,
          one.trial?.version ?? '',
          audit ? `${audit.version.version} ${auditStates[audit.status] ?? ''}` : '',
          one.releases.at(-1)?.version.version ?? '',
          one.isVisible,
        ]
      }),
    },
    {
      title: '开放平台帐号',
      columns: ['open_appid', '由接口创建', '帐号'],
      rows: accounts.map((one) => [one.openAppid, one.isMadeByApi, one.appids.join(' ')]),
    },
  ]
}

export function openMeters(world: World): Meter[] {
  const used = (counter: string, seconds: number) =>
    recentCalls(world, counter, seconds * 1000).length
  return [
    ...world.open.components.flatMap(({ appid, name }) => [
      {
        title: `提审 ${name}`,
        used: used(auditCounter(appid), month),
        most: quota.audits,
        window: month,
      },
      {
        title: `加急 ${name}`,
        used: used(speedUpCounter(appid), month),
        most: quota.speedups,
        window: month,
      },
    ]),
    ...world.open.programs.map(({ appid }) => ({
      title: `撤回审核 ${appid}`,
      used: used(undoCounter(appid), day),
      most: mostUndos.day,
      window: day,
    })),
  ]
}
