import type { Card, Conversation, Customer, DeskState, Member, Message, Party } from '../../api.ts'

export const rep: Party = { kind: 'member', id: 'ZhouXiaolan' }
export const linyue: Party = { kind: 'customer', id: 'linyue' }
export const chen: Party = { kind: 'customer', id: 'chen' }

let ids = 0

export function message(
  from: Party,
  at: string,
  card: Card = { kind: 'text', text: '你好' },
): Message {
  ids += 1
  return { ...card, id: `m${ids}`, from, at }
}

function member(part: Partial<Member> = {}): Member {
  return {
    id: rep.id,
    name: '周晓岚',
    position: '销售工程师',
    department: '华东销售部',
    avatarUrl: '',
    visible: true,
    ...part,
  }
}

export function customer(part: Partial<Customer> = {}): Customer {
  return {
    id: linyue.id,
    name: '林悦',
    avatarUrl: '',
    externalUserId: 'wmLinyue',
    unionid: 'unionLinyue',
    miniprogramOpenid: 'mini',
    officialOpenid: 'official',
    subscribed: true,
    corpName: '恒进精密',
    position: '设备主管',
    gender: 'female',
    follows: [
      {
        memberId: rep.id,
        remark: '',
        description: '',
        tags: [],
        addedAt: '2026-01-01T00:00:00.000Z',
        addWay: 1,
        state: null,
        phones: [],
      },
    ],
    ...part,
  }
}

export function conversation(part: Partial<Conversation> = {}): Conversation {
  return {
    id: 'c1',
    kind: 'contact',
    chatId: null,
    name: null,
    participants: [rep, linyue],
    messages: [],
    ...part,
  }
}

/** One rep, two customers of hers, a conversation with each. */
export function scene(part: Partial<DeskState> = {}): DeskState {
  return {
    revision: 1,
    scene: 'demo',
    scenes: [
      { name: 'demo', title: '演示' },
      { name: 'empty', title: '空' },
    ],
    clock: { now: '2026-11-21T08:00:00.000Z', offsetSeconds: 0 },
    corp: { id: 'ww1', name: '澜川', agentId: '1000002', appName: '营销助手' },
    isOtherApp: false,
    members: [member(), member({ id: 'LiWeidong', name: '李卫东', visible: false })],
    customers: [customer(), customer({ id: chen.id, name: '陈国栋', externalUserId: 'wmChen' })],
    conversations: [
      conversation({ messages: [message(linyue, '2026-11-21T07:00:00.000Z')] }),
      conversation({
        id: 'c2',
        participants: [rep, chen],
        messages: [message(chen, '2026-11-21T06:00:00.000Z')],
      }),
    ],
    groupChats: [],
    tagGroups: [],
    massTasks: [],
    devices: {
      wecom: { memberId: rep.id },
      wechat: {
        customerId: linyue.id,
        locationPermission: 'unset',
        position: { latitude: 31.3, longitude: 120.6, accuracy: 30 },
        network: 'good',
        pendingLocation: null,
      },
    },
    webviews: [],
    miniprograms: [{ appid: 'wxapp', name: '澜川服务', iconUrl: '' }],
    officialAccount: null,
    officialAccounts: [],
    shownCodes: [],
    faults: [],
    trustedHosts: [],
    webviewOrigin: 'http://localhost:3101',
    sidebarUrl: 'http://localhost:3101/sidebar/',
    miniprogramHome: 'pages/home/index',
    ...part,
  }
}
