/**
 * What the WeChat accounts have been given on their admins' pages. Addresses that begin with `/`
 * are pages of our product.
 */
export interface SceneWechat {
  miniprogram: {
    /** The 原始 ID, which pushes carry. */
    originalId: string
    /** Pages of the released version. */
    pages: string[]
    templates: SceneTemplate[]
  }
  service: { originalId: string; menu: SceneButton[]; templates: SceneTemplate[] }
  /** Verified, so that only what a subscription account never has is refused. */
  subscription: {
    appid: string
    secret: string
    name: string
    originalId: string
    menu: SceneButton[]
  }
}

export interface SceneTemplate {
  id: string
  title: string
  /** Name and key of each line, e.g. `['工单编号', 'character_string1', '示例']`. */
  lines: [name: string, key: string, example: string][]
}

export interface SceneButton {
  name: string
  type?: string
  key?: string
  url?: string
  appid?: string
  pagepath?: string
  sub_button?: SceneButton[]
}

export function wechatOf(miniprogram: { appid: string }): SceneWechat {
  return {
    miniprogram: {
      originalId: 'gh_5c1d80e27fa4',
      pages: [
        'pages/home/index',
        'pages/material/index',
        'pages/workorder/new',
        'pages/workorder/list',
        'pages/workorder/detail',
      ],
      templates: [
        {
          id: 'Xk3Vq8RtB5wLm9YdN1sGc6uJfE2pTaZ7iWoKxQvM4yH',
          title: '工单进度通知',
          lines: [
            ['工单编号', 'character_string1', 'GD20261121003'],
            ['当前进度', 'phrase2', '已派单'],
            ['更新时间', 'time3', '2026年11月21日 14:30'],
            ['温馨提示', 'thing4', '工程师将在两小时内与您联系'],
          ],
        },
        {
          id: 'Lw7Nz2QbX9kRv4TmY6sDh1uJcE8pFaG3iVoKtWyM5rB',
          title: '保养到期提醒',
          lines: [
            ['设备名称', 'thing1', 'LC-75 变频螺杆机'],
            ['到期日期', 'date2', '2026年12月1日'],
            ['备注', 'thing3', '请提前预约上门保养'],
          ],
        },
      ],
    },
    service: {
      originalId: 'gh_9b27e4d015c6',
      menu: [
        {
          name: '产品方案',
          sub_button: [
            { type: 'view', name: '产品资料', url: '/h5/#/pages/home/index' },
            { type: 'click', name: '节能案例', key: 'CASE_ENERGY' },
          ],
        },
        {
          name: '服务',
          sub_button: [
            { type: 'view', name: '提交工单', url: '/h5/#/pages/workorder/new' },
            { type: 'view', name: '我的工单', url: '/h5/#/pages/workorder/list' },
            { type: 'scancode_waitmsg', name: '扫码报修', key: 'SCAN_REPAIR' },
            { type: 'location_select', name: '附近服务站', key: 'NEAR_STATION' },
          ],
        },
        {
          name: '小程序',
          sub_button: [
            {
              type: 'miniprogram',
              name: '澜川服务',
              url: '/h5/#/pages/home/index',
              appid: miniprogram.appid,
              pagepath: 'pages/home/index',
            },
            { type: 'click', name: '联系客服', key: 'CONTACT' },
          ],
        },
      ],
      templates: [
        {
          id: 'Gp4Yc8WnK2xQd6LvB9tRm3ZsH7uJfE1aTiXoVqN5kMw',
          title: '工单受理通知',
          lines: [
            ['工单编号', 'character_string1', 'GD20261121003'],
            ['设备名称', 'thing2', 'LC-75 变频螺杆机'],
            ['受理时间', 'time3', '2026年11月21日 14:30'],
            ['处理人', 'thing4', '韩雪'],
          ],
        },
        {
          id: 'Rb6Tm1XzV8kQw3LdN5yHs9uJcE7pGaF2iKoWtQvB4xM',
          title: '工单完成通知',
          lines: [
            ['工单编号', 'character_string1', 'GD20261121003'],
            ['完成时间', 'time2', '2026年11月22日 10:05'],
            ['处理结果', 'thing3', '更换空滤，压力恢复正常'],
          ],
        },
        {
          id: 'Zs9Hf3JqC5vWx7LkB1mRt6YdN4uGpE8aTiKoVwQ2yMX',
          title: '保养到期提醒',
          lines: [
            ['设备名称', 'thing1', 'LC-75 变频螺杆机'],
            ['到期日期', 'date2', '2026年12月1日'],
            ['运行时长', 'character_string3', '4000h'],
          ],
        },
      ],
    },
    subscription: {
      appid: 'wx2d7fb8c4910ea365',
      secret: '6e0b3d9f1c72485ea4f8d5b0c9e2a716',
      name: '澜川气站手册',
      originalId: 'gh_3f60a8d2c917',
      menu: [
        { type: 'click', name: '最新文章', key: 'LATEST' },
        { type: 'view', name: '资料下载', url: '/h5/#/pages/home/index' },
      ],
    },
  }
}
