import { watch, type ComputedRef } from 'vue'
import type { DeskState, MenuButton, ScanOutcome } from '../../api.ts'
import type { Line } from '../world/people.ts'
import { useWorld } from '../world/useWorld.ts'
import { pageOfParty, type Page } from './pages.ts'
import type { usePages } from './usePages.ts'

/** Codes that the phone reads, taps on an account's menu, and where both lead. */
export function useCodes(
  props: Readonly<{ state: DeskState }>,
  customerId: () => string,
  line: ComputedRef<Line | null>,
  pages: ReturnType<typeof usePages>,
  go: (to: Page) => void,
) {
  const world = useWorld()
  /** What the next code is for, when a menu's button asked for it. */
  let forMenu: ((code: string) => Promise<void>) | null = null
  watch(pages.page, (is) => {
    if (is?.kind !== 'scan') forMenu = null
  })

  function follow(outcome: ScanOutcome) {
    switch (outcome.kind) {
      case 'miniprogram':
        return pages.openMini(outcome.appid, outcome.page, '')
      case 'url':
        return pages.openUrl(outcome.url)
      case 'conversation':
        return pages.open({ kind: 'chat', conversationId: outcome.conversationId })
      case 'text':
        return pages.open({ kind: 'text', text: outcome.text })
      case 'card':
        return go(pageOfParty(outcome.party) ?? { kind: 'scan' })
    }
  }

  async function tap(path: string, more: object) {
    const appid = line.value?.peer?.id ?? ''
    const body = { appid, customerId: customerId(), path, ...more }
    const outcome = await world.happen('official.menu', body)
    if (outcome) follow(outcome as ScanOutcome)
  }

  /**
   * A tap on an account's menu: the account hears of it, and the phone opens what comes back. Some
   * buttons want something of the phone first.
   */
  function pressMenu({ path, type }: MenuButton) {
    if (type?.startsWith('scancode')) {
      forMenu = (scanned) => tap(path, { scanned })
      return pages.open({ kind: 'scan' })
    }
    if (type?.startsWith('pic_')) return tap(path, { pictures: 1 })
    if (type !== 'location_select') return tap(path, {})
    const { latitude, longitude } = props.state.devices.wechat.position
    return tap(path, {
      place: { latitude, longitude, label: `${latitude}, ${longitude}`, name: '' },
    })
  }

  /** Looks at a code first: somebody new is shown as a card, and the person decides. */
  async function look(code: string) {
    const answerMenu = forMenu
    forMenu = null
    if (answerMenu) {
      pages.back()
      return answerMenu(code)
    }
    const outcome = await world.scan(customerId(), code, true)
    if (!outcome) return undefined
    pages.back()
    const card = outcome.kind === 'card' ? pageOfParty(outcome.party, code) : null
    return card ? pages.open(card) : follow(outcome)
  }

  /** The person wants what a code offers. */
  async function scan(code: string) {
    const outcome = await world.scan(customerId(), code, false)
    if (!outcome) return
    pages.back()
    follow(outcome)
  }

  return { pressMenu, look, scan }
}
