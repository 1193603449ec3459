import type { IconName } from '../ui/icons.ts'
import type { Text } from '../text.ts'

export type Tab = 'chats' | 'contacts' | 'discover' | 'me'

/** WeChat's four tabs. */
export const tabs = [
  { name: 'chats', icon: 'chat', word: 'wechat' },
  { name: 'contacts', icon: 'contacts', word: 'contactsTab' },
  { name: 'discover', icon: 'compass', word: 'discover' },
  { name: 'me', icon: 'person', word: 'me' },
] as const satisfies readonly { name: Tab; icon: IconName; word: keyof Text['phone'] }[]
