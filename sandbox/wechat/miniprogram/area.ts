import type { ScanOutcome } from '../../api.ts'
import type { Area, Table } from '../../platform/area.ts'
import { now, type World } from '../../state/world.ts'
import { readMiniprogramCode, shownMiniprogramCodes } from './codes.ts'
import { miniprogramHappenings } from './happenings.ts'
import { miniprogramLedger } from './ledger.ts'
import { findLink, targetOf } from './links.ts'
import { miniprogramMethods } from './methods.ts'
import { finishMediaChecks } from './security.ts'

/**
 * The mini program: sessions, phone numbers, codes and links, subscribe messages, content checks,
 * service talks.
 */
export const miniprogram: Area = {
  service: 'wechat',
  title: '小程序',
  methods: miniprogramMethods,
  happenings: miniprogramHappenings,
  ledger: miniprogramLedger,
  tables,
  tick: finishMediaChecks,
  shownCodes: shownMiniprogramCodes,
  // WeCom's scanner opens mini programs too.
  scan: (world, _by, text) => scan(world, text),
}

function scan(world: World, text: string): ScanOutcome | null {
  const { appid } = world.scene.miniprogram
  const page = readMiniprogramCode(text)
  if (page !== null) return { kind: 'miniprogram', appid, page }
  const link = findLink(world, text)
  if (!link) return null
  if (now(world) >= link.expiresAt) return { kind: 'text', text: '链接已失效' }
  return { kind: 'miniprogram', appid, page: targetOf(world, link) }
}

function tables(world: World): Table[] {
  const { sessions, consents, templates, links, riskyWords } = world.miniprogram
  return [
    {
      title: '会话密钥',
      columns: ['客户', '最近登录'],
      rows: [...sessions].map(([id, { at }]) => [id, new Date(at).toISOString()]).slice(-200),
    },
    {
      title: '订阅消息模板',
      columns: ['模板', '标题', '字段'],
      rows: templates.map(({ id, title, lines }) => [
        id,
        title,
        lines.map(([, key]) => key).join(' '),
      ]),
    },
    {
      title: '订阅授权',
      columns: ['客户', '模板', '剩余次数'],
      rows: [...consents].map(([key, left]) => [...key.split(' '), left]),
    },
    {
      title: '链接',
      columns: ['编号', '页面', '参数', '到期'],
      rows: [...links]
        .slice(-200)
        .map(([id, { page, query, expiresAt }]) => [
          id,
          page,
          query,
          new Date(expiresAt).toISOString(),
        ]),
      total: links.size,
    },
    {
      title: '内容安全词',
      columns: ['词', 'label', '建议'],
      rows: riskyWords.map(({ word, label, suggest }) => [word, label, suggest]),
    },
  ]
}
