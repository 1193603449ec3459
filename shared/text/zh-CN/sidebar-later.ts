import type { QuestionReason } from '../../contract/identity.ts'

/** Words for what the sidebar loads when it is looked at, so that they do not weigh on its first page. */
export const sidebarLater = {
  questions: {
    title: (count: number) => `有 ${count} 个身份待确认`,
    why: {
      two_unionids: '手机号相同，但微信账号不同：可能是同一人的两个微信，也可能是两个人。',
      two_contacts: '证据指向两位不同的客户，系统没有自动合并。',
      parted: '以前有人确认过这是两个人，现在又出现了指向同一人的证据。',
      noted: '访客验证的手机号，与员工在备注里记的号码相同。备注可能记错，所以没有自动关联。',
    } satisfies Record<QuestionReason, string>,
    seen: (date: string) => `${date} 首次出现`,
    unknown: '未关联客户',
    same: '是同一人',
    different: '不是同一人',
    failed: '没有提交成功，请再试一次',
    gone: '这个问题已经由别人处理了',
  },
  merges: {
    title: '关联记录',
    what: (evidence: string, date: string) => `${evidence} · ${date}`,
    undone: '已拆分',
    undo: '不是本人？拆分',
    sure: '拆分后，这些身份和它们的动态会回到原来的人，同样的证据不会再把两者自动合并。',
    confirm: '确认拆分',
    cancel: '取消',
    failed: '没有拆分成功，请再试一次',
    loadFailed: '关联记录没有加载出来',
  },
  statistics: {
    title: '阅读效果',
    loading: '正在加载阅读效果',
    failed: '阅读效果没有加载出来',
    none: '还没有人打开过。推送给客户后，这里会显示阅读情况。',
    opens: '打开',
    people: '人数',
    forwards: '转发',
    median: '阅读时长中位数',
    depth: '读到哪里',
    end: '读完',
    bar: (from: number, to: number, count: number) => `读到 ${from}%–${to}%：${count} 次`,
    whole: (count: number) => `读完：${count} 次`,
  },
}

export type SidebarLaterText = typeof sidebarLater
