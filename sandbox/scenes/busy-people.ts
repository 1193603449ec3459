import type { Dice } from './random.ts'
import type { Avatar, SceneCustomer, SceneFollow } from './scene.ts'

const families = [
  ...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严',
]
const first = [
  ...'伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚玲桂建文志晓海永春国立新宏振俊思雨子梓欣佳嘉浩宇晨泽雪丽红',
]
const second = [
  ...'华英玉兰萍军辉峰斌波宁超凡博毅成康亮鹏飞琳婷雯怡悦彤薇洁蕾颖莹倩瑶然轩涵睿哲航诚东林生荣祥安平云凤梅',
]
const cities =
  '苏州 无锡 常州 宁波 南通 嘉兴 湖州 绍兴 杭州 上海 昆山 镇江 扬州 泰州 盐城 台州 温州 合肥 芜湖 马鞍山'.split(
    ' ',
  )
const brands =
  '恒力 华源 鼎盛 瑞丰 德信 宏达 金峰 天工 永兴 博远 嘉禾 顺成 中科 东联 凯越 欧美亚 三和 万通 正泰源 利达 启航 新锐 汇川源 泰和 百川'.split(
    ' ',
  )
const trades =
  '精密机械 食品 包装 电子 纺织 化工 塑业 汽车零部件 医药 新材料 金属制品 印刷 玻璃 陶瓷 家具 模具 光伏 半导体 饮料 造纸'.split(
    ' ',
  )
const positions =
  '设备主管 生产经理 采购经理 动力工程师 厂长 设备科长 采购专员 总经理 维修班长 项目经理 能源主管 技术部长'.split(
    ' ',
  )
const states = [
  '展会-2026华东工博会',
  '官网二维码',
  '老客户转介绍',
  '公众号菜单',
  '直播间',
  '节能改造活动',
  '样本册扉页',
  '代理商-苏南',
]
const needs = [
  '变频改造意向，等预算。',
  '两台工频机，计划明年换。',
  '关心露点和含油量。',
  '要年度保养报价。',
  '在比价，注意交期。',
  '新厂房下半年投产。',
  '余热回收感兴趣。',
]
const backgrounds = [
  '#ffe7d9',
  '#dff1f5',
  '#f6e5f4',
  '#fff3cf',
  '#e8ebdf',
  '#dbe9ff',
  '#e2f4ea',
  '#eceff4',
  '#f3e6dc',
  '#e4e2f7',
]
const clothes = [
  '#e0764b',
  '#2f7f95',
  '#a4579b',
  '#c58a1a',
  '#6b7d3f',
  '#3b6fd4',
  '#2d9d67',
  '#4d5b70',
  '#b04a4a',
  '#5a4fa3',
]
const skins = ['#f7d7c0', '#efc4a4', '#f5d0b8', '#ecc09b', '#e9bb96', '#f6d5bd']
const ways = [1, 1, 1, 1, 3, 2, 4, 16, 16, 24, 202, 9, 10, 201]

const minutesOfDay = 1440

/**
 * Somebody in WeChat, or one in thirty in the WeCom of another corp, whom nobody has as a contact
 * yet.
 */
export function makePerson(dice: Dice, index: number): SceneCustomer {
  const isWoman = dice.chance(45)
  const isWecomUser = dice.chance(3)
  const city = dice.pick(cities)
  const corp = `${dice.pick(brands)}${dice.pick(trades)}`
  const hasCorp = isWecomUser || dice.chance(70)
  return {
    id: `person${String(index).padStart(5, '0')}`,
    name: makeName(dice),
    avatar: makeAvatar(dice, isWoman),
    externalUserId: `${isWecomUser ? 'wo' : 'wm'}LcT3AAAA${dice.letters(22)}`,
    unionid: isWecomUser ? '' : `oLcUn6${dice.letters(22)}`,
    miniprogramOpenid: isWecomUser ? '' : `oMp7H5${dice.letters(22)}`,
    officialOpenid: isWecomUser ? '' : `oGzh4s${dice.letters(22)}`,
    subscribed: !isWecomUser && dice.chance(30),
    corpName: hasCorp ? corp : null,
    corpFullName: hasCorp ? `${city}${corp}有限公司` : null,
    position: hasCorp ? dice.pick(positions) : null,
    gender: dice.chance(12) ? 'unknown' : isWoman ? 'female' : 'male',
    ...(isWecomUser && { isWecomUser }),
    follows: [],
  }
}

/** As reps note: the company behind the name, a tag or two, more contacts lately than long ago. */
export function makeFollow(
  dice: Dice,
  memberId: string,
  { name, corpName }: SceneCustomer,
  tagIds: string[],
): SceneFollow {
  const addWay = dice.pick(ways)
  const daysAgo = Math.floor((dice.roll(1000) / 1000) ** 2 * 1400)
  return {
    memberId,
    remark: corpName !== null && dice.chance(60) ? `${name}-${corpName}`.slice(0, 20) : name,
    description: dice.chance(20) ? dice.pick(needs) : '',
    tagIds: [...new Set(Array.from({ length: dice.roll(4) }, () => dice.pick(tagIds)))],
    addedMinutesAgo: daysAgo * minutesOfDay + dice.roll(minutesOfDay) + 30,
    addWay,
    state: addWay === 1 || addWay === 16 ? dice.pick(states) : null,
    phones: dice.chance(35) ? [`199${String(dice.roll(100_000_000)).padStart(8, '0')}`] : [],
  }
}

function makeName(dice: Dice): string {
  const family = dice.pick(families)
  return dice.chance(30)
    ? `${family}${dice.pick(second)}`
    : `${family}${dice.pick(first)}${dice.pick(second)}`
}

function makeAvatar(dice: Dice, isWoman: boolean): Avatar {
  return {
    background: dice.pick(backgrounds),
    clothes: dice.pick(clothes),
    hair: isWoman
      ? dice.pick(['long', 'bob'] as const)
      : dice.pick(['short', 'short', 'cap'] as const),
    skin: dice.pick(skins),
  }
}
