import { computed, inject, provide, ref, watch, type InjectionKey } from 'vue'
import type { ClientAction, Customer, DeskState, Message, Party } from '../../api.ts'
import { linesOf } from '../world/people.ts'
import { shownBy, type Shown } from '../world/shown.ts'
import { useSettings } from '../world/useSettings.ts'
import { useToast } from '../world/useToast.ts'
import { useUnread } from '../world/useUnread.ts'
import { useWorld } from '../world/useWorld.ts'
import { conversationWith, pageOfParty, type Page } from './pages.ts'
import { coloursOf } from './phone-colours.ts'
import type { Tab } from './tabs.ts'
import { useAnswers } from './useAnswers.ts'
import { useCodes } from './useCodes.ts'
import { usePages } from './usePages.ts'

export type PhoneProps = Readonly<{ state: DeskState; customer: Customer | null; visible: boolean }>

/** What the customer has before her on the phone, and what she can do there. */
function makePhone(props: PhoneProps) {
  const { text } = useSettings()
  const world = useWorld()
  const { toast, show } = useToast()
  const pages = usePages()
  const { page, cover } = pages

  const tab = ref<Tab>('chats')
  const shown = ref<Shown | null>(null)
  /** Over everything, so that the network can go while a mini program is open. */
  const settings = ref(false)

  const me = computed<Party>(() => ({ kind: 'customer', id: props.customer?.id ?? '' }))
  const lines = computed(() => linesOf(props.state, me.value))
  const line = computed(() => {
    const at = page.value
    return at?.kind === 'chat'
      ? (lines.value.find((one) => one.conversation.id === at.conversationId) ?? null)
      : null
  })
  const mine = computed(() =>
    props.state.webviews.filter(
      (webview) => webview.device === 'wechat' && webview.userId === props.customer?.id,
    ),
  )
  const colours = computed(() =>
    coloursOf({
      settings: settings.value,
      cover: cover.value,
      page: page.value,
      tab: tab.value,
    }),
  )

  function go(to: Page) {
    if (to.kind === 'settings') settings.value = true
    else pages.open(to)
  }

  function open(message: Message) {
    if (message.kind === 'miniprogram') pages.openMini(message.appid, message.page, message.appName)
    else if (message.kind === 'link') pages.openUrl(message.url, message.title)
    else if (message.kind === 'file') pages.open({ kind: 'file', file: message })
    else if (message.kind === 'location') pages.open({ kind: 'place', place: message })
    else shown.value = shownBy(message)
  }

  /** An item of a menu message: the account hears what was chosen. */
  async function choose(message: Message, itemId: string) {
    await world.happen('official.choose', {
      appid: line.value?.peer?.id ?? '',
      customerId: me.value.id,
      messageId: message.id,
      itemId,
    })
  }

  async function addMember(memberId: string) {
    if (!(await world.addFollow(memberId, me.value.id))) return
    const conversation = conversationWith(props.state, me.value, { kind: 'member', id: memberId })
    if (conversation) pages.open({ kind: 'chat', conversationId: conversation.id })
  }

  function act(action: ClientAction) {
    switch (action.kind) {
      case 'close':
        cover.value = null
        break
      case 'previewImage': {
        const at = Math.max(0, action.urls.indexOf(action.current))
        shown.value = { kind: 'images', urls: action.urls, at }
        break
      }
      case 'openBrowser':
        pages.openUrl(action.url)
        break
      case 'openMiniprogram':
        pages.openMini(action.appid, action.page, '')
        break
      case 'openConversation':
        cover.value = null
        pages.open({ kind: 'chat', conversationId: action.conversationId })
        break
      case 'openProfile': {
        const profile = pageOfParty(action.party)
        if (!profile) break
        cover.value = null
        pages.open(profile)
        break
      }
      case 'copied':
        show(text.value.browser.copied)
        break
      default:
      // WeCom's clients alone do the others.
    }
  }

  world.onAction((webviewId, action) => {
    if (mine.value.some((webview) => webview.id === webviewId)) act(action)
  })
  watch(
    () => props.customer?.id,
    () => {
      pages.home()
      tab.value = 'chats'
      shown.value = null
      settings.value = false
    },
  )
  const codes = useCodes(props, () => me.value.id, line, pages, go)
  // A conversation that is gone (a reset, an account that was left) leaves its page empty.
  watch(line, (is) => {
    if (!is && page.value?.kind === 'chat') pages.back()
  })
  const unread = useUnread()
  const lastSeen = () => [
    props.visible,
    cover.value,
    line.value?.conversation.id,
    line.value?.last?.id,
    props.state.revision,
  ]
  watch(
    lastSeen,
    () => {
      if (props.visible && line.value) unread.read(me.value, line.value.conversation.id)
    },
    { immediate: true },
  )

  return {
    me,
    lines,
    line,
    tab,
    shown,
    settings,
    colours,
    toast,
    /** Says a short word over the phone. */
    show,
    pages,
    page,
    cover,
    go,
    open,
    choose,
    addMember,
    ...codes,
    ...useAnswers(props, mine, () => show(text.value.mini.forwarded)),
  }
}

export type Phone = ReturnType<typeof makePhone>

const key: InjectionKey<Phone> = Symbol('phone')

export function providePhone(props: PhoneProps): Phone {
  const phone = makePhone(props)
  provide(key, phone)
  return phone
}

export function usePhone(): Phone {
  const phone = inject(key)
  if (!phone) throw new Error('nobody has provided the phone')
  return phone
}
