import type { IconName } from '../../ui/icons.ts'

export type Tab = 'messages' | 'workbench' | 'contacts' | 'me'

/** WeCom's tabs on the phone. */
export const tabs = [
  { name: 'messages', icon: 'chat' },
  { name: 'workbench', icon: 'grid' },
  { name: 'contacts', icon: 'contacts' },
  { name: 'me', icon: 'person' },
] as const satisfies readonly { name: Tab; icon: IconName }[]
