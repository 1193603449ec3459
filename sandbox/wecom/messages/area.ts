import type { Area, Table } from '../../platform/area.ts'
import { usedWithin } from '../../platform/limits.ts'
import { now, type World } from '../../state/world.ts'
import { appHappenings } from './app-happenings.ts'
import { archiveHappenings } from './archive-happenings.ts'
import { announceMessages, archiveMethods } from './archive.ts'
import { messageLedger } from './ledger.ts'
import { imageCounter, imageQuota, mediaMethods } from './media.ts'
import { menuMethods } from './menu.ts'
import { dayCounter, dayQuota, sendMethods } from './send.ts'
import { uploadMethods } from './upload-by-url.ts'

const day = 86_400_000

/** What apps send to members and hear from them, files, and the session archive's calls. */
export const messages: Area = {
  service: 'wecom',
  title: '消息与素材',
  methods: [...mediaMethods, ...uploadMethods, ...sendMethods, ...menuMethods, ...archiveMethods],
  happenings: [...appHappenings, ...archiveHappenings],
  ledger: messageLedger,
  tables: (world) => [mediaTable(world), sentTable(world), menuTable(world), archiveTable(world)],
  meters: (world) => [
    ...world.apps.list.map((app) => ({
      title: `message/send ${app.name}`,
      used: usedWithin(world, dayCounter(app), day),
      most: dayQuota(world),
      window: day / 1000,
    })),
    {
      title: 'media/uploadimg',
      used: usedWithin(world, imageCounter(world.scene.corp.id), day),
      most: imageQuota.day,
      window: day / 1000,
    },
  ],
  tick: announceMessages,
}

const shown = 200

function mediaTable(world: World): Table {
  const media = [...world.messages.media.values()].toReversed()
  return {
    title: '素材',
    columns: ['media_id', 'kind', 'filename', 'bytes', 'use', 'hours left'],
    rows: media.slice(0, shown).map(({ id, kind, filename, bytes, use, createdAt }) => {
      const left = (3 * day - (now(world) - createdAt)) / 3_600_000
      return [
        id,
        kind,
        filename,
        bytes.length,
        use,
        use === 'permanent' ? null : Math.max(0, Math.round(left * 10) / 10),
      ]
    }),
    total: media.length,
  }
}

function sentTable(world: World): Table {
  const sent = [...world.messages.sent.values()].toReversed()
  return {
    title: '应用消息',
    columns: ['msgid', 'app', 'at', 'members', 'recalled'],
    rows: sent
      .slice(0, shown)
      .map(({ msgid, appKey, at, deliveries, isRecalled }) => [
        msgid,
        appKey,
        new Date(at).toISOString(),
        deliveries.length,
        isRecalled,
      ]),
    total: sent.length,
  }
}

function menuTable(world: World): Table {
  const rows = [...world.messages.menus].flatMap(([app, menu]) =>
    menu.flatMap((top) =>
      [top, ...(top.sub_button ?? [])].map(({ name, type, key, url }) => [
        app,
        name,
        type ?? null,
        key ?? url ?? null,
      ]),
    ),
  )
  return { title: '应用菜单', columns: ['app', 'name', 'type', 'key'], rows }
}

function archiveTable(world: World): Table {
  const { service, permits, consents } = world.messages.archive
  return {
    title: '会话内容存档',
    columns: ['what', 'member', 'customer', 'state'],
    rows: [
      ['service', null, null, service],
      ...Object.entries(permits).map(([member, edition]) => ['permit', member, null, edition]),
      ...consents.map(({ memberId, customerId, status }) => [
        'consent',
        memberId,
        customerId,
        status,
      ]),
    ],
  }
}
