import type { Party } from '../api.ts'
import type { Dice } from './random.ts'
import type { SceneConversation } from './scene.ts'

type Line = SceneConversation['messages'][number]

/** What a customer asks, and what the rep answers. */
const exchanges: [asked: string, answered: string][] = [
  ['你好，55 千瓦的变频机现在什么价？', '您好，含安装 12.8 万起，看您的工况，我先发份选型表。'],
  ['我们的机器排气温度偏高', '多半是散热器脏了，拍张面板的照片给我看看。'],
  ['保养包到了吗？', '昨天发出的，物流单号稍后发您。'],
  ['发票什么时候开？', '今天下午开好，电子版发到您邮箱。'],
  ['有没有无油机的资料？', '有的，我把样本和 Class 0 证书一起发您。'],
  ['下周能安排人来测一下吗？', '周三上午可以，两个小时左右，不用停机。'],
  ['合同收到了，盖章后寄回', '好的，收到后我这边马上排产。'],
  ['噪音有点大，正常吗？', '先看一下进气滤芯，压差超过就要换了。'],
  ['用电量降了不少', '太好了！月底我把节能报告整理给您。'],
  ['你们春节放假到几号？', '初八上班，期间急修电话有人接。'],
  ['报价单能不能再便宜点', '我去申请一下，今天给您答复。'],
  ['油什么牌号？', '用原厂的 46 号，4000 小时一换。'],
]
const notices = [
  '各位好，本周六上午机房停电检修，有影响的提前告诉我。',
  '入冬注意检查冷凝水排放。',
  '新版保养手册已上传，需要的找我拿。',
  '下月保养九折，群里报名即可。',
]
const replies = ['收到', '收到，谢谢', '👌', '我们报名', '好的', '请发一份给我', '有现场照片吗？']

/** One to four exchanges over some days; the last one `minutesAgo`. */
export function talk(dice: Dice, member: Party, customer: Party, minutesAgo: number): Line[] {
  const lines: Line[] = []
  const rounds = 1 + dice.roll(4)
  for (let round = rounds; round > 0; round -= 1) {
    const [asked, answered] = dice.pick(exchanges)
    const at = minutesAgo + (round - 1) * (600 + dice.roll(3000))
    lines.push(says(customer, at + 3 + dice.roll(20), asked))
    if (round > 1 || dice.chance(70)) lines.push(says(member, at, answered))
  }
  return lines
}

/** The owner's news and a few answers. */
export function chatter(dice: Dice, owner: Party, customers: Party[], minutesAgo: number): Line[] {
  const answers = Array.from({ length: 2 + dice.roll(5) }, (_, index) =>
    says(dice.pick(customers), minutesAgo + 40 - index * 5, dice.pick(replies)),
  )
  return [says(owner, minutesAgo + 60, dice.pick(notices)), ...answers]
}

function says(from: Party, minutesAgo: number, text: string): Line {
  return { from, minutesAgo, card: { kind: 'text', text } }
}
