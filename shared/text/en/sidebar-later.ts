import type { SidebarLaterText } from '../zh-CN/sidebar-later.ts'

export const sidebarLater: SidebarLaterText = {
  questions: {
    title: (count) => (count === 1 ? '1 identity to confirm' : `${count} identities to confirm`),
    why: {
      two_unionids: 'The same phone number, but two WeChat accounts: one person with two accounts, or two people.',
      two_contacts: 'The evidence leads to two different customers, so nothing was joined.',
      parted: 'Somebody said before that these are two people; now there is evidence again that they are one.',
      noted: 'A visitor verified the number that a colleague typed into a remark. A remark may be wrong, so nothing was joined.',
    },
    seen: (date) => `first seen ${date}`,
    unknown: 'no customer known',
    same: 'The same person',
    different: 'Two people',
    failed: 'That did not go through; please try again',
    gone: 'Somebody else has settled this already',
  },
  merges: {
    title: 'What joined them',
    what: (evidence, date) => `${evidence} · ${date}`,
    undone: 'parted again',
    undo: 'Not the same? Part them',
    sure: 'These identities and their moments go back to whom they belonged, and the same evidence will not join the two again.',
    confirm: 'Part them',
    cancel: 'Cancel',
    failed: 'They were not parted; please try again',
    loadFailed: 'What joined them could not be loaded',
  },
  statistics: {
    title: 'How it does',
    loading: 'Loading how it does',
    failed: 'How it does could not be loaded',
    none: 'Nobody has opened it yet. Push it to a customer, and their reading shows here.',
    opens: 'opens',
    people: 'people',
    forwards: 'forwards',
    median: 'median reading time',
    depth: 'How far they read',
    end: 'to the end',
    bar: (from, to, count) => `${from}–${to}%: ${count} times`,
    whole: (count) => `to the end: ${count} times`,
  },
}
