import {
  inside,
  numberField,
  objectField,
  objectsField,
  textField,
  textsField,
} from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, now, seconds, type World } from '../../state/world.ts'
import { tellProgram } from './audits.ts'
import { done, nextNumber, programOf } from './components.ts'
import type { Program } from './state.ts'

export const privacyMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/component/setprivacysetting', handle: setPrivacy },
  { method: 'POST', path: '/cgi-bin/component/getprivacysetting', handle: getPrivacy },
  { method: 'POST', path: '/wxa/security/apply_privacy_interface', handle: applyForApi },
  { method: 'GET', path: '/wxa/security/get_privacy_interface', handle: listApis },
]

const ownerFields = [
  'contact_email',
  'contact_phone',
  'contact_qq',
  'contact_weixin',
  'ext_file_media_id',
  'notice_method',
  'store_expire_timestamp',
]
const contacts = ['contact_email', 'contact_phone', 'contact_qq', 'contact_weixin']

/** What the sample's privacy_desc_list names. */
const privacyKinds: Record<string, string> = {
  UserInfo: '用户信息（微信昵称、头像）',
  Location: '位置信息',
  Address: '地址',
  Invoice: '发票信息',
  RunData: '微信运动数据',
  Record: '麦克风',
  Album: '选中的照片或视频信息',
  Camera: '摄像头',
  PhoneNumber: '手机号',
  Contact: '通讯录（仅写入）权限',
  DeviceInfo: '设备信息',
  EXIDNumber: '身份证号码',
  EXOrderInfo: '订单信息',
  EXUserPublishContent: '发布内容',
  EXUserFollowAcct: '所关注账号',
  EXUserOpLog: '操作日志',
  AlbumWriteOnly: '相册（仅写入）权限',
  LicensePlate: '车牌号',
  BlueTooth: '蓝牙',
  CalendarWriteOnly: '日历（仅写入）权限',
  Email: '邮箱',
  MessageFile: '选中的文件',
}

/** 用户隐私保护指引 of the released version (1) or the one in development (2). */
function setPrivacy(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const version = privacyVersion(call)
  const owner = inside(call, objectField(call, 'owner_setting'))
  const values = Object.fromEntries(ownerFields.map((name) => [name, textField(owner, name)]))
  if (contacts.every((name) => values[name] === '') || values.notice_method === '')
    throw new Refusal(40097, 'invalid args')
  const items = objectsField(call, 'setting_list').map((one) => {
    const item = inside(call, one)
    return {
      privacy_key: textField(item, 'privacy_key'),
      privacy_text: textField(item, 'privacy_text'),
    }
  })
  if (items.some(({ privacy_key }) => !Object.hasOwn(privacyKinds, privacy_key)))
    throw new Refusal(40097, 'invalid args')
  program.privacy[version] = { owner: values, items, updatedAt: now(world) }
  changed(world)
  return { ...done }
}

function getPrivacy(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const setting = program.privacy[privacyVersion(call)]
  const used = program.trial ?? program.releases.at(-1)?.version
  return {
    ...done,
    code_exist: used ? 1 : 0,
    privacy_list: used && used.privateApis.length > 0 ? ['Location'] : [],
    setting_list: (setting?.items ?? []).map((one) => ({ ...one, privacy_label: '' })),
    update_time: setting ? Math.floor(setting.updatedAt / 1000) : 0,
    owner_setting: setting?.owner ?? Object.fromEntries(ownerFields.map((name) => [name, ''])),
    privacy_desc: {
      privacy_desc_list: Object.entries(privacyKinds).map(([privacy_key, privacy_desc]) => ({
        privacy_key,
        privacy_desc,
      })),
    },
  }
}

function privacyVersion(call: Upstream): number {
  return numberField(call, 'privacy_ver', 2, { least: 1, most: 2, wrong: [40097, 'invalid args'] })
}

/** Interfaces of places that need an application since 2022-04-18. */
const privateApis: Record<string, { name: string; desc: string; link: string }> = {
  'wx.chooseAddress': {
    name: '获取用户收货地址',
    desc: '调起用户编辑收货地址原生界面，并在编辑完成后返回用户选择的地址。',
    link: 'open-api/address/wx.chooseAddress',
  },
  'wx.choosePoi': {
    name: '选择位置，支持模糊定位（精确到市）和精确定位混选',
    desc: '选择位置，支持模糊定位和精确定位混选',
    link: 'location/wx.choosePoi',
  },
  'wx.getLocation': {
    name: '获取当前的地理位置、速度',
    desc: '获取当前的地理位置、速度。当用户离开小程序后，此接口无法调用。',
    link: 'location/wx.getLocation',
  },
  'wx.onLocationChange': {
    name: '监听实时地理位置变化事件',
    desc: '监听实时地理位置变化事件。当用户离开小程序后，此接口无法调用。',
    link: 'location/wx.onLocationChange',
  },
  'wx.chooseLocation': {
    name: '打开地图选择位置',
    desc: '打开地图选择位置。',
    link: 'location/wx.chooseLocation',
  },
}

function applyForApi(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const name = textField(call, 'api_name', { missing: [40097, 'invalid args'] })
  textField(call, 'content', {
    missing: [40097, 'invalid args'],
    most: 300,
    wrong: [40097, 'invalid args'],
  })
  for (const list of ['pic_list', 'video_list', 'url_list'])
    textsField(call, list, { most: 10, wrong: [40097, 'invalid args'] })
  if (!Object.hasOwn(privateApis, name)) throw new Refusal(40097, 'invalid args')
  const auditId = nextNumber(world)
  program.privateApis[name] = { status: 3, auditId, appliedAt: now(world), reason: '' }
  changed(world)
  return { ...done, audit_id: auditId }
}

function listApis(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const list = Object.entries(privateApis).map(([api_name, { name, desc, link }]) => {
    const own = program.privateApis[api_name]
    return {
      api_name,
      api_ch_name: name,
      api_desc: desc,
      status: own?.status ?? 1,
      ...(own &&
        own.auditId > 0 && { apply_time: Math.floor(own.appliedAt / 1000), audit_id: own.auditId }),
      ...(own?.status === 4 && { fail_reason: own.reason }),
      api_link: `https://developers.weixin.qq.com/miniprogram/dev/api/${link}.html`,
      group_name: '地理位置',
    }
  })
  return { ...done, interface_list: list }
}

/**
 * WeChat's people decide about an application. In the push 2 is refused and 3 granted, other than
 * in the list.
 */
export function decideApi(
  world: World,
  program: Program,
  name: string,
  isGranted: boolean,
  reason: string,
) {
  const own = program.privateApis[name]
  if (!own) return
  own.status = isGranted ? 5 : 4
  own.reason = reason
  tellProgram(world, program, {
    Event: 'wxa_privacy_apply',
    result_info: {
      api_name: { bare: name },
      apply_time: Math.floor(own.appliedAt / 1000),
      audit_id: own.auditId,
      audit_time: seconds(world),
      reason: { bare: reason },
      status: isGranted ? 3 : 2,
    },
  })
}
