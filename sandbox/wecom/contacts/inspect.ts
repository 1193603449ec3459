import type { Table } from '../../platform/area.ts'
import { now, type World } from '../../state/world.ts'
import { isSpent, joinText, wayText } from './codes.ts'
import { opengidOf, participantsOf } from './groups.ts'
import type { Welcome } from './state.ts'
import { isFresh, progressOf } from './welcome-codes.ts'
import { addedAt, findTag } from '../../state/find.ts'

const most = 200
type Row = Table['rows'][number]

/** For the inspector: every entity of this area. */
export function contactTables(world: World): Table[] {
  const { contacts } = world
  return [
    followTable(world),
    {
      title: '待验证的添加请求',
      columns: ['成员', '客户', 'add_way', 'state'],
      ...cut(contacts.applications, ({ memberId, customerId, addWay, state }) => [
        memberId,
        customerId,
        addWay,
        state,
      ]),
    },
    {
      title: '企业标签',
      columns: ['标签组', '标签', 'id', '创建者'],
      ...cut(
        world.tagGroups.flatMap((group) => group.tags.map((tag) => ({ group, tag }))),
        ({ group, tag }) => [group.name, tag.name, tag.id, tag.creator ?? '管理员'],
      ),
    },
    {
      title: '客户群',
      columns: ['群名', 'chat_id', 'opengid', '群主', '人数', '状态'],
      ...cut(world.groupChats, (chat) => [
        chat.name,
        chat.chatId,
        opengidOf(chat),
        chat.ownerId,
        participantsOf(world, chat).length,
        chat.dismissed ? '已解散' : '正常',
      ]),
    },
    {
      title: '联系我与加入群聊',
      columns: ['config_id', '二维码内容', 'state', '扫码次数', '状态'],
      ...cut<Row>(
        [
          ...contacts.ways.map((way): Row => [
            way.configId,
            wayText(way),
            way.state,
            way.scans,
            isSpent(world, way) ? '已失效' : '有效',
          ]),
          ...contacts.joinWays.map((way): Row => [
            way.configId,
            joinText(way),
            way.state,
            null,
            '有效',
          ]),
        ],
        (row) => row,
      ),
    },
    {
      title: '欢迎语 code',
      columns: ['成员', '客户', '发放于', '状态'],
      ...cut(contacts.welcomes, (one) => [
        one.memberId,
        one.customerId,
        iso(one.at),
        stateOf(world, one),
      ]),
    },
    {
      title: '企业群发',
      columns: ['msgid', '类型', '创建于', '内容', '成员', '已发送', '状态'],
      ...cut(contacts.masses, (mass) => [
        mass.id,
        mass.chatType,
        iso(mass.createdAt),
        mass.text.slice(0, 40),
        mass.tasks.map(({ memberId }) => memberId).join('、'),
        mass.tasks.filter(({ sentAt }) => sentAt !== null).length,
        mass.cancelled ? '已停止' : '进行中',
      ]),
    },
    {
      title: '客户转接',
      columns: ['客户', '原成员', '接替成员', '状态', '发起于'],
      ...cut(contacts.transfers, ({ customerId, from, to, status, askedAt }) => [
        customerId,
        from,
        to,
        transferStates[status],
        iso(askedAt),
      ]),
    },
    {
      title: 'pending_id',
      columns: ['pending_id', '客户', '服务商', '剩余天数'],
      ...cut(contacts.pendings, ({ id, customerId, provider, issuedAt }) => [
        id,
        customerId,
        provider,
        Math.max(0, Math.ceil(90 - (now(world) - issuedAt) / 86_400_000)),
      ]),
    },
  ]
}

const transferStates = { 1: '接替完毕', 2: '等待接替', 3: '客户拒绝', 4: '接替成员客户达到上限' }

function followTable(world: World): Table {
  const rows: Row[] = []
  let total = 0
  for (const customer of world.customers) {
    for (const follow of customer.follows) {
      total += 1
      if (rows.length >= most) continue
      const tags = follow.tagIds.flatMap((id) => findTag(world, id)?.name ?? []).join('、')
      const status = follow.half ? '待通过' : follow.lost ? '被客户删除' : '正常'
      const { memberId, remark, addWay, state, addedMinutesAgo } = follow
      rows.push([
        memberId,
        customer.name,
        customer.externalUserId,
        remark,
        addWay,
        state,
        tags,
        iso(addedAt(world, addedMinutesAgo)),
        status,
      ])
    }
  }
  const columns = [
    '成员',
    '客户',
    'external_userid',
    '备注',
    'add_way',
    'state',
    '标签',
    '添加于',
    '状态',
  ]
  return { title: '客户', columns, rows, total }
}

/** Newest first. */
function cut<T>(items: T[], describe: (item: T) => Row): Pick<Table, 'rows' | 'total'> {
  return { rows: items.slice(-most).toReversed().map(describe), total: items.length }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

function stateOf(world: World, welcome: Welcome): string {
  const progress = progressOf(world, welcome)
  if (progress === 'sent') return '已发送'
  if (progress === 'sending') return '发送中'
  return isFresh(world, welcome) ? '可用' : '已过期'
}
