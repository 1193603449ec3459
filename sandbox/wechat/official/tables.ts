import type { Meter, Table } from '../../platform/area.ts'
import { now, type World } from '../../state/world.ts'
import { dayOf } from '../accounts/quota.ts'
import { followedAt } from './people.ts'

const most = 200

/** For the inspector. */
export function officialTables(world: World): Table[] {
  const { accounts } = world.official
  const followers = accounts.flatMap(({ name, followers: them }) =>
    [...them].map(([id, follower]) => ({ name, id, follower })),
  )
  const codes = accounts
    .flatMap(({ name, qrCodes }) => qrCodes.map((code) => ({ name, ...code })))
    .toReversed()
  const masses = accounts
    .flatMap(({ name, masses: jobs }) => jobs.map((job) => ({ name, ...job })))
    .toReversed()
  return [
    {
      title: '公众号',
      columns: ['appid', '名称', '类型', '已认证', '粉丝', '黑名单', '标签', '模板', '素材'],
      rows: accounts.map((one) => [
        one.appid,
        one.name,
        one.kind,
        one.isVerified,
        one.followers.size,
        one.blacklist.size,
        one.tags.length,
        one.templates.length,
        one.media.size,
      ]),
    },
    {
      title: '粉丝',
      columns: ['公众号', '客户', '关注时间', '来源', '备注', '标签', '拒收', '还可发客服消息'],
      rows: followers
        .slice(0, most)
        .map(({ name, id, follower }) => [
          name,
          id,
          new Date(followedAt(world, follower) * 1000).toISOString(),
          follower.scene,
          follower.remark,
          follower.tagIds.join(' '),
          follower.isRefusing,
          follower.allowances
            .filter(({ until }) => until > now(world))
            .reduce((sum, { left }) => sum + left, 0),
        ]),
      total: followers.length,
    },
    {
      title: '带参二维码',
      columns: ['公众号', '场景', '到期', '内容'],
      rows: codes
        .slice(0, most)
        .map(({ name, scene, expiresAt, url }) => [
          name,
          scene,
          expiresAt === null ? '永久' : new Date(expiresAt).toISOString(),
          url,
        ]),
      total: codes.length,
    },
    {
      title: '群发',
      columns: ['公众号', 'msg_id', '类型', '对象', '状态'],
      rows: masses
        .slice(0, most)
        .map(({ name, id, msgtype, to, status }) => [name, id, msgtype, to.length, status]),
      total: masses.length,
    },
  ]
}

/** One mass message a day of each subscription account. */
export function massMeters(world: World): Meter[] {
  return world.official.accounts
    .filter(({ kind }) => kind === 'subscription')
    .map(({ name, masses }) => ({
      title: `${name} 群发`,
      used: masses.filter(
        ({ at, status }) => dayOf(at) === dayOf(now(world)) && status === 'SEND_SUCCESS',
      ).length,
      most: 1,
      window: 86_400,
    }))
}
