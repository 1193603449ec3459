/** Joins texts. Empty ones are left out. */
export const joined = {
  /** Things of one kind: «林悦、张敏». */
  list: (items: readonly Part[]) => items.filter(Boolean).join('、'),
  /** Short facts about one thing, on one line: «文章 · 12 页». */
  facts: (items: readonly Part[]) => items.filter(Boolean).join(' · '),
  /** Text that a screen reader reads in one breath: «报修，设备出现故障». */
  clauses: (items: readonly Part[]) => items.filter(Boolean).join('，'),
  /** Whole sentences, one after the other. */
  sentences: (items: readonly Part[]) => items.filter(Boolean).join(''),
  labelled: (label: string, text: string) => `${label}：${text}`,
}

type Part = string | null | undefined

export type Joined = typeof joined
