import { accounts } from './accounts.ts'
import type { Scene } from './scene.ts'

/** A corp on its first day: one member, no customers. */
export const empty: Scene = {
  name: 'empty',
  title: '刚开通的企业（没有客户）',
  ...accounts,
  departments: [{ id: 1, name: accounts.corp.name, parentId: 0, order: 1 }],
  members: [
    {
      id: 'ZhouXiaolan',
      name: '周晓岚',
      position: '销售工程师',
      departmentId: 1,
      visible: true,
      avatar: { background: '#dbe9ff', clothes: '#3b6fd4', hair: 'bob', skin: '#f6d5bd' },
    },
  ],
  customers: [],
  tagGroups: [],
  conversations: [],
  groupChats: [],
  wecomMember: 'ZhouXiaolan',
  wechatCustomer: null,
  position: { latitude: 31.2989, longitude: 120.5853, accuracy: 35 },
}
