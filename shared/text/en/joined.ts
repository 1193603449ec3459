import type { Joined } from '../zh-CN/joined.ts'

export const joined: Joined = {
  list: (items) => items.filter(Boolean).join(', '),
  facts: (items) => items.filter(Boolean).join(' · '),
  clauses: (items) => items.filter(Boolean).join(', '),
  sentences: (items) => items.filter(Boolean).join(' '),
  labelled: (label, text) => `${label}: ${text}`,
}
