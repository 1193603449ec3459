import { articles } from './articles.ts'

/**
 * An invented maker of air compressors, so that the demonstration shows real-looking work and no
 * real brand. Assets: `server/seed/make/catalogue.mjs`.
 */

export const categoryNames = [
  '产品手册',
  '节能方案',
  '选型指南',
  '维护保养',
  '客户案例',
  '服务与活动',
] as const
export type CategoryName = (typeof categoryNames)[number]

export interface SeedMaterial {
  category: CategoryName
  title: string
  summary: string
  /** Names of files in `assets/`. */
  cover: string
  body:
    | { kind: 'article'; html: string; pictures: readonly string[] }
    | { kind: 'file'; name: string; asset: string }
    | { kind: 'image'; asset: string }
    | { kind: 'video'; asset: string; poster: string; seconds: number }
    | { kind: 'link'; url: string }
}

/** Newest first. */
export const catalogue: readonly SeedMaterial[] = [
  {
    category: '产品手册',
    title: 'LC 系列螺杆空压机产品手册（2026 版）',
    summary: '7.5–250 kW 全系列：参数、节能实测、安装环境与保养周期，共 6 页。',
    cover: 'cover-brochure.webp',
    body: { kind: 'file', name: '澜川 LC 系列产品手册 2026.pdf', asset: 'lc-series-2026.pdf' },
  },
  {
    category: '节能方案',
    title: '永磁变频空压机：75 kW 一年少付 11 万电费',
    summary: '卸载空转也要吃掉四成电。一家两班制五金厂的实测数据，看钱省在哪里。',
    cover: 'cover-inverter.webp',
    body: { kind: 'article', html: articles.inverter, pictures: ['figure-curve.webp'] },
  },
  {
    category: '产品手册',
    title: '12 秒看懂：螺杆主机怎样压缩空气',
    summary: '吸气、压缩、排气一圈完成。给新同事和客户讲原理，放这段就够了。',
    cover: 'cover-video.webp',
    body: { kind: 'video', asset: 'rotor.mp4', poster: 'rotor-poster.webp', seconds: 12 },
  },
  {
    category: '服务与活动',
    title: '入冬保养套餐：1980 元起，含上门',
    summary: '11 月 15 日—12 月 31 日，换油换滤、散热器清洗、防冻检查，出具 32 项检测报告。',
    cover: 'cover-winter.webp',
    body: { kind: 'image', asset: 'poster-winter.webp' },
  },
  {
    category: '维护保养',
    title: '空压机高温报警，先别停产：现场三步排查',
    summary: '看油位、摸管路、吹散热器。十分钟能找到八成原因，附什么时候必须停机。',
    cover: 'cover-alarm.webp',
    body: { kind: 'article', html: articles.alarm, pictures: ['figure-steps.webp'] },
  },
  {
    category: '客户案例',
    title: '案例｜汽车零部件厂空压站改造，单位能耗降 27%',
    summary: '三台工频机换成两变一工联控，不停产施工，14 个月收回投资。',
    cover: 'cover-case-auto.webp',
    body: { kind: 'article', html: articles.autoParts, pictures: ['figure-case.webp'] },
  },
  {
    category: '节能方案',
    title: '一张图：压缩空气省电的 6 个地方',
    summary: '堵漏、降压、变频、余热回收、理顺管路、联控启停，各能省多少。',
    cover: 'cover-savings.webp',
    body: { kind: 'image', asset: 'poster-savings.webp' },
  },
  {
    category: '选型指南',
    title: '选型之前，先回答这 5 个问题',
    summary: '压力、气量、气质、班次、环境。答清楚了，机型自然就出来。',
    cover: 'cover-choose.webp',
    body: { kind: 'article', html: articles.choosing, pictures: [] },
  },
  {
    category: '选型指南',
    title: '螺杆空压机选型速查表',
    summary: '7.5–250 kW 九个机型的排气量、出口与噪声，按用气量一眼找到。',
    cover: 'cover-table.webp',
    body: { kind: 'image', asset: 'poster-table.webp' },
  },
  {
    category: '维护保养',
    title: '空压机日常点检与保养手册',
    summary: '班前 3 分钟点检表、停机与防冻、高温报警处理，可打印张贴，共 4 页。',
    cover: 'cover-checklist.webp',
    body: { kind: 'file', name: '空压机日常点检与保养手册.pdf', asset: 'daily-care.pdf' },
  },
  {
    category: '服务与活动',
    title: '澜川服务承诺：4 小时到场，不让产线等气',
    summary: '7×24 小时接听、华东 11 个服务站、修不好先送备用机，写进合同。',
    cover: 'cover-service.webp',
    body: { kind: 'image', asset: 'poster-service.webp' },
  },
  {
    category: '选型指南',
    title: '无油还是微油？食品、医药行业的用气等级怎么定',
    summary: '先定等级，再谈机型。ISO 8573-1 的三个数字各管什么，一篇讲清。',
    cover: 'cover-quality.webp',
    body: { kind: 'article', html: articles.quality, pictures: [] },
  },
  {
    category: '客户案例',
    title: '案例｜乳品厂无油供气，灌装线 400 天零油污停机',
    summary: '两台水润滑无油机替换微油机加三级过滤，年省滤芯 6.2 万元。',
    cover: 'cover-case-dairy.webp',
    body: { kind: 'article', html: articles.dairy, pictures: [] },
  },
  {
    category: '选型指南',
    title: '国家标准查询：空压机能效等级 GB 19153',
    summary: '全国标准全文公开系统，输入标准号可在线查看能效限定值与等级。',
    cover: 'cover-standard.webp',
    body: { kind: 'link', url: 'https://openstd.samr.gov.cn/bzgk/gb/index' },
  },
]

/** Machines of the demonstration's customers; `place` is what the label on the machine says. */
export const machines = [
  { sn: 'LC-2024-0815', model: 'LC-75VPM 永磁变频螺杆空压机', place: '一号空压站' },
  { sn: 'LC-2024-0816', model: 'LC-75VPM 永磁变频螺杆空压机', place: '一号空压站' },
  { sn: 'LC-2023-0342', model: 'LC-37 螺杆空压机', place: '冲压车间' },
  { sn: 'LC-2022-1107', model: 'LC-55 螺杆空压机', place: '二号厂房东侧' },
  { sn: 'LC-2025-0059', model: 'LC-90W 水润滑无油空压机', place: '灌装车间' },
  { sn: 'LD-2023-0210', model: 'LD-15 冷冻式干燥机', place: null },
] as const
