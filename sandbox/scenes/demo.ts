import type { Card, Party } from '../api.ts'
import { accounts } from './accounts.ts'
import type { Scene, SceneConversation } from './scene.ts'

const hour = 60
const day = 24 * hour

const zhou: Party = { kind: 'member', id: 'ZhouXiaolan' }
const han: Party = { kind: 'member', id: 'HanXue' }
const li: Party = { kind: 'member', id: 'LiWeidong' }
const lin: Party = { kind: 'customer', id: 'linyue' }
const chen: Party = { kind: 'customer', id: 'chenguodong' }
const he: Party = { kind: 'customer', id: 'hejing' }
const su: Party = { kind: 'customer', id: 'suzihao' }
const lanchuan: Party = { kind: 'official', id: accounts.officialAccount.appid }
const zhao: Party = { kind: 'customer', id: 'zhaoyiming' }

type Line = SceneConversation['messages'][number]
function says(from: Party, minutesAgo: number, text: string): Line {
  return { from, minutesAgo, card: { kind: 'text', text } }
}
function sends(from: Party, minutesAgo: number, card: Card): Line {
  return { from, minutesAgo, card }
}

/**
 * A compressor maker's reps and five people around two of its customers. 赵一鸣 is nobody's
 * contact: what is forwarded to him stays anonymous.
 */
export const demo: Scene = {
  name: 'demo',
  title: '澜川压缩机：销售与客户',
  ...accounts,
  departments: [
    { id: 1, name: accounts.corp.name, parentId: 0, order: 1 },
    { id: 2, name: '华东销售部', parentId: 1, order: 10 },
    { id: 3, name: '售后服务部', parentId: 1, order: 20 },
    { id: 4, name: '华南销售部', parentId: 1, order: 30 },
  ],
  members: [
    {
      id: 'ZhouXiaolan',
      name: '周晓岚',
      position: '销售工程师',
      departmentId: 2,
      visible: true,
      avatar: { background: '#dbe9ff', clothes: '#3b6fd4', hair: 'bob', skin: '#f6d5bd' },
      mobile: '13900010001',
      email: 'zhouxiaolan@lanchuan.example',
      gender: 'female',
    },
    {
      id: 'HanXue',
      name: '韩雪',
      position: '售后服务主管',
      departmentId: 3,
      visible: true,
      avatar: { background: '#e2f4ea', clothes: '#2d9d67', hair: 'long', skin: '#f4cdb0' },
      mobile: '13900010002',
      email: 'hanxue@lanchuan.example',
      gender: 'female',
    },
    {
      id: 'LiWeidong',
      name: '李卫东',
      position: '销售经理',
      departmentId: 4,
      visible: false,
      avatar: { background: '#eceff4', clothes: '#4d5b70', hair: 'short', skin: '#eec3a2' },
      mobile: '13900010003',
      email: 'liweidong@lanchuan.example',
      gender: 'male',
    },
  ],
  tagGroups: [
    {
      id: 'etLcT3AAAAk1f0c8wGmR2xVqPz9sHbNd',
      name: '客户级别',
      tags: [
        { id: 'etLcT3AAAAd7Qm1sXv0Yk5bRzN2eWgHa', name: '重点客户' },
        { id: 'etLcT3AAAAp4Jt8nCw6Lf3xUqB9oKdSe', name: '普通客户' },
      ],
    },
    {
      id: 'etLcT3AAAAz8Hn5vRk2Wq7cMyE0pTgXb',
      name: '采购阶段',
      tags: [
        { id: 'etLcT3AAAAu6Fs9jGx1Bv4aLmD7rYoPc', name: '需求沟通' },
        { id: 'etLcT3AAAAy2Ke5tNz8Ch0iQwV3mUbJf', name: '方案报价' },
        { id: 'etLcT3AAAAx9Ro4gTd7Sp1kXeA6nZvWl', name: '已成交' },
      ],
    },
    {
      id: 'etLcT3AAAAm3Wb6yUf9Dq2hSjC5tGkRx',
      name: '在用机型',
      tags: [
        { id: 'etLcT3AAAAe1Vn7pIz4Ma8wOxF0sLcTk', name: 'LC-75 变频螺杆机' },
        { id: 'etLcT3AAAAh5Gr2vBy6Ju9qEtP3dXaNo', name: 'LC-37 工频螺杆机' },
      ],
    },
  ],
  customers: [
    {
      id: 'linyue',
      name: '林悦',
      avatar: { background: '#ffe7d9', clothes: '#e0764b', hair: 'long', skin: '#f7d7c0' },
      externalUserId: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg',
      unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1',
      miniprogramOpenid: 'oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8',
      officialOpenid: 'oGzh4s8KfXq2Vw6RbT1yLd9NmJc0',
      subscribed: true,
      corpName: '恒进精密',
      corpFullName: '苏州恒进精密机械有限公司',
      position: '设备主管',
      gender: 'female',
      follows: [
        {
          memberId: 'ZhouXiaolan',
          remark: '林悦-恒进精密',
          description: '两台 LC-75 变频机，2 号车间气压偶有波动；关心节能改造和年度保养。',
          tagIds: [
            'etLcT3AAAAd7Qm1sXv0Yk5bRzN2eWgHa',
            'etLcT3AAAAy2Ke5tNz8Ch0iQwV3mUbJf',
            'etLcT3AAAAe1Vn7pIz4Ma8wOxF0sLcTk',
          ],
          addedMinutesAgo: 86 * day,
          addWay: 1,
          state: '展会-2026华东工博会',
          phones: ['13812340017'],
        },
        {
          memberId: 'HanXue',
          remark: '恒进精密 林工',
          description: '',
          tagIds: ['etLcT3AAAAe1Vn7pIz4Ma8wOxF0sLcTk'],
          addedMinutesAgo: 41 * day,
          addWay: 202,
          state: null,
          phones: [],
        },
      ],
    },
    {
      id: 'chenguodong',
      name: '陈国栋',
      avatar: { background: '#dff1f5', clothes: '#2f7f95', hair: 'short', skin: '#efc4a4' },
      externalUserId: 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo',
      unionid: 'oLcUn6f1ZrGm7Tc4WpK9bQx2HvD5',
      miniprogramOpenid: 'oMp7H5u6NeYj2Sv8XfC4gRp1ZwB9',
      officialOpenid: 'oGzh4s3LtPv7Ym1HcQ8xRk5WdEa2',
      subscribed: false,
      corpName: '惠泰食品',
      corpFullName: '无锡惠泰食品有限公司',
      position: '生产经理',
      gender: 'male',
      follows: [
        {
          memberId: 'ZhouXiaolan',
          remark: '陈国栋（惠泰）',
          description: '无油机意向，预算 11 月底前批。',
          tagIds: ['etLcT3AAAAp4Jt8nCw6Lf3xUqB9oKdSe', 'etLcT3AAAAu6Fs9jGx1Bv4aLmD7rYoPc'],
          addedMinutesAgo: 19 * day,
          addWay: 16,
          state: '获客助手-无油机',
          phones: ['13912340052'],
        },
      ],
    },
    {
      id: 'hejing',
      name: '何静',
      avatar: { background: '#f6e5f4', clothes: '#a4579b', hair: 'bob', skin: '#f5d0b8' },
      externalUserId: 'wmLcT3AAAAc6Pk1yLs5Nd9eXiVb2HtQa',
      unionid: 'oLcUn6w4KsHp9Vb2LdR6yTf0NzC3',
      miniprogramOpenid: 'oMp7H5d3RcUk6Bw0TmQ9hXs5VyG2',
      officialOpenid: 'oGzh4s9WjBn4Dx6KvS2pLr7TqFe5',
      subscribed: true,
      corpName: '远舟包装',
      corpFullName: '宁波远舟包装制品有限公司',
      position: '采购经理',
      gender: 'female',
      follows: [
        {
          memberId: 'ZhouXiaolan',
          remark: '何静-远舟包装',
          description: '',
          tagIds: [
            'etLcT3AAAAp4Jt8nCw6Lf3xUqB9oKdSe',
            'etLcT3AAAAx9Ro4gTd7Sp1kXeA6nZvWl',
            'etLcT3AAAAh5Gr2vBy6Ju9qEtP3dXaNo',
          ],
          addedMinutesAgo: 203 * day,
          addWay: 3,
          state: null,
          phones: [],
        },
      ],
    },
    {
      id: 'suzihao',
      name: '苏子豪',
      avatar: { background: '#fff3cf', clothes: '#c58a1a', hair: 'cap', skin: '#ecc09b' },
      externalUserId: 'wmLcT3AAAAr7Yd3oFm8Zw2uJkQn6CxEv',
      unionid: 'oLcUn6b8DfJt5Gy1PzW3mQk7RvX9',
      miniprogramOpenid: 'oMp7H5k9LpZf4Dn2GtW7cVb6QxJ1',
      officialOpenid: 'oGzh4s5VhRc1Tz8NyM3wJk6XpGd4',
      subscribed: false,
      corpName: '启明电子',
      corpFullName: '常州启明电子有限公司',
      position: '动力工程师',
      gender: 'male',
      follows: [
        {
          memberId: 'HanXue',
          remark: '启明电子 苏工',
          description: '质保期至明年 3 月。',
          tagIds: ['etLcT3AAAAh5Gr2vBy6Ju9qEtP3dXaNo'],
          addedMinutesAgo: 33 * day,
          addWay: 4,
          state: null,
          phones: [],
        },
        {
          memberId: 'LiWeidong',
          remark: '苏子豪',
          description: '',
          tagIds: [],
          addedMinutesAgo: 120 * day,
          addWay: 2,
          state: null,
          phones: [],
        },
      ],
    },
    {
      id: 'zhaoyiming',
      name: '赵一鸣',
      avatar: { background: '#e8ebdf', clothes: '#6b7d3f', hair: 'short', skin: '#e9bb96' },
      externalUserId: 'wmLcT3AAAAv2Gx9sRj4Hb7nTmZp1WdKu',
      unionid: 'oLcUn6y2RnVk8Cd6BsM5jXg4TwQ0',
      miniprogramOpenid: 'oMp7H5s2XvTb8Kf5NqZ1jYm3RdL7',
      officialOpenid: 'oGzh4s1QmGk9Xb5FwP7dNv3ZrTs8',
      subscribed: false,
      corpName: null,
      corpFullName: null,
      position: null,
      gender: 'male',
      follows: [],
    },
  ],
  conversations: [
    {
      id: 'zhou-lin',
      kind: 'contact',
      participants: [zhou, lin],
      messages: [
        says(
          zhou,
          2 * day + 3 * hour,
          '林工您好，我是澜川压缩机的周晓岚，展会上您留的资料我整理好了。',
        ),
        says(
          lin,
          2 * day + 3 * hour - 6,
          '你好晓岚，我们 2 号车间那台机器最近压力有点波动，正想找你们看看。',
        ),
        says(zhou, 2 * day + 3 * hour - 9, '方便的话拍一下控制面板的参数，我先帮您判断一下。'),
        says(lin, 2 * day + 2 * hour, '下班前拍给你。'),
        says(lin, 1 * day + 5 * hour, '排气温度 96 度，加载压力 0.62，比上个月低。'),
        says(
          zhou,
          1 * day + 5 * hour - 4,
          '收到，看着像是空滤或者进气阀的问题，我让服务部的韩工也看一下。',
        ),
        says(zhou, 47, '林工，您上次问的节能改造，我找到一份和你们工况很接近的案例。'),
        says(lin, 41, '好的，发我看看，下午要跟厂长汇报。'),
      ],
    },
    {
      id: 'zhou-chen',
      kind: 'contact',
      participants: [zhou, chen],
      messages: [
        says(chen, 3 * day + hour, '无油机有没有食品行业的认证资料？'),
        says(zhou, 3 * day + hour - 12, '有的，陈经理，ISO 8573-1 Class 0 的证书我稍后发您。'),
        says(chen, 1 * day + 2 * hour, '预算月底批，到时候约你们来现场量一下。'),
        says(zhou, 1 * day + 2 * hour - 3, '没问题，提前一天告诉我就行。'),
      ],
    },
    {
      id: 'zhou-he',
      kind: 'contact',
      participants: [zhou, he],
      messages: [
        says(zhou, 6 * day, '何经理，您订的保养包昨天已经发货，预计周三到。'),
        says(he, 6 * day - 18, '收到，谢谢。发票一起寄了吗？'),
        says(zhou, 6 * day - 20, '电子发票已经发到您邮箱了。'),
        says(he, 6 * day - 25, '看到了👌'),
      ],
    },
    {
      id: 'han-su',
      kind: 'contact',
      participants: [han, su],
      messages: [
        says(su, 8 * hour, '韩工，油过滤器该换了吧？面板提示了。'),
        says(han, 8 * hour - 7, '是的，4000 小时了，您直接在小程序里报个保养工单，我来安排。'),
      ],
    },
    {
      id: 'han-lin',
      kind: 'contact',
      participants: [han, lin],
      messages: [
        says(han, 1 * day + 4 * hour, '林工您好，我是售后韩雪，晓岚把参数转给我了。'),
        says(lin, 1 * day + 4 * hour - 5, '韩工好，什么时候能安排人过来？'),
        says(han, 1 * day + 4 * hour - 8, '您提交一下工单、带上定位，我按就近派人，最快当天。'),
      ],
    },
    {
      id: 'li-su',
      kind: 'contact',
      participants: [li, su],
      messages: [says(li, 20 * day, '苏工，设备交接给售后韩雪了，有事随时找她。')],
    },
    {
      id: 'group-hengjin',
      kind: 'group',
      participants: [zhou, han, lin, su],
      messages: [
        says(zhou, 4 * day, '各位好，这个群用来发保养提醒和技术资料。'),
        says(han, 4 * day - 10, '大家有设备问题也可以在群里说，急的话直接打 400。'),
        says(lin, 4 * day - 32, '收到。'),
        sends(zhou, 2 * day, {
          kind: 'text',
          text: '冬季来了，注意检查冷凝水排放，别冻住自动排水阀。',
        }),
      ],
    },
    {
      id: `official-${accounts.officialAccount.appid}-linyue`,
      kind: 'official',
      participants: [lin, lanchuan],
      messages: [
        sends(lanchuan, 60 * day, {
          kind: 'notice',
          text: `你已关注${accounts.officialAccount.name}`,
        }),
        says(
          lanchuan,
          60 * day - 1,
          '您好，欢迎关注澜川压缩机。点下方菜单可以查资料、提交工单，也可以直接留言。',
        ),
        says(lin, 9 * day, '冬天冷凝水多，排水阀要怎么设？'),
        says(
          lanchuan,
          9 * day - 12,
          '建议把电子排水阀的间隔从 30 分钟改成 15 分钟，每次 4 秒。要上门看的话，在菜单“服务”里提交工单就行。',
        ),
      ],
    },
    {
      id: 'lin-zhao',
      kind: 'friends',
      participants: [lin, zhao],
      messages: [
        says(zhao, 1 * day + 6 * hour, '林姐，2 号车间空压机又报警了，我先切备机了。'),
        says(lin, 1 * day + 6 * hour - 2, '好，我在联系厂家，有资料我转你看。'),
      ],
    },
    {
      id: 'lin-chen',
      kind: 'friends',
      participants: [lin, chen],
      messages: [
        says(chen, 5 * day, '林姐，你们用的空压机哪家的？我们也准备换。'),
        says(lin, 5 * day - 15, '澜川的，变频那款，省电挺明显，回头发你资料。'),
      ],
    },
  ],
  groupChats: [
    {
      chatId: 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe',
      name: '澜川设备保养交流群',
      ownerId: 'ZhouXiaolan',
      notice: '保养提醒、技术资料都发在这里。急修请拨 400。',
      conversationId: 'group-hengjin',
      createdMinutesAgo: 64 * day,
    },
  ],
  wecomMember: 'ZhouXiaolan',
  wechatCustomer: 'linyue',
  // 苏州工业园区
  position: { latitude: 31.31765, longitude: 120.71192, accuracy: 25 },
}
