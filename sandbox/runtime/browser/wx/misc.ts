import type { WxElement } from '../components/element.ts'
import { button, element, openDialog } from '../dialogs/layer.ts'
import type { Machine } from '../machine.ts'
import { words } from '../words.ts'
import { asynchronous, Refused, textOf, type WxFunction } from './api.ts'
import type { Privacy } from './privacy.ts'

export interface AppListeners {
  show: Set<(options: object) => void>
  hide: Set<() => void>
}

export function miscFunctions(
  machine: Machine,
  privacy: Privacy,
  interaction: Record<string, unknown>,
  listeners: AppListeners,
): Record<string, unknown> {
  const { ask, network } = machine
  const toast = interaction.showToast as WxFunction
  let clipboard = ''
  return {
    onAppShow: (listener: (options: object) => void) => void listeners.show.add(listener),
    offAppShow: (listener: (options: object) => void) => void listeners.show.delete(listener),
    onAppHide: (listener: () => void) => void listeners.hide.add(listener),
    offAppHide: (listener: () => void) => void listeners.hide.delete(listener),
    onError: () => undefined,
    offError: () => undefined,
    onUnhandledRejection: () => undefined,
    onPageNotFound: () => undefined,
    onMemoryWarning: () => undefined,
    createVideoContext: (id: string) => videoContext(id),
    ...asynchronous({
      async login() {
        if (network.now === 'offline') throw new Refused('network')
        return { code: (await ask<{ code: string }>('mini/login')).code }
      },
      async setClipboardData(options) {
        await privacy.demand('setClipboardData')
        clipboard = textOf(options, 'data')
        await navigator.clipboard?.writeText(clipboard).catch(() => undefined)
        // WeChat says so by itself, unless the mini program does.
        if (options.showToast !== false)
          toast({ title: words.copied, icon: 'none', success: () => undefined })
        return { data: clipboard }
      },
      async getClipboardData() {
        await privacy.demand('getClipboardData')
        return { data: clipboard }
      },
      async makePhoneCall(options) {
        const number = textOf(options, 'phoneNumber')
        const isCalled = await confirm(`${words.call} ${number}`, words.call)
        if (!isCalled) throw new Refused('cancel')
      },
    }),
  }
}

function confirm(question: string, yes: string): Promise<boolean> {
  return openDialog<boolean>({
    label: question,
    place: 'bottom',
    dismissed: false,
    draw: (close) => [
      element('p', { className: 'sheet-text', textContent: question }),
      element('div', {
        className: 'sheet-answers',
        children: [
          button(words.cancel, 'no', () => close(false)),
          button(yes, 'yes', () => close(true)),
        ],
      }),
    ],
  })
}

function videoContext(id: string): object {
  // Ids are glass-easel's; the newest page comes last.
  const film = () =>
    [...document.querySelectorAll<WxElement>('wx-video')]
      .findLast(({ __wxElement }) => __wxElement?.id === id)
      ?.querySelector('video') ?? null
  return {
    play: () => void film()?.play(),
    pause: () => film()?.pause(),
    stop: () => film()?.pause(),
    seek(seconds: number) {
      const found = film()
      if (found) found.currentTime = seconds
    },
    playbackRate(rate: number) {
      const found = film()
      if (found) found.playbackRate = rate
    },
    requestFullScreen: () => void film()?.requestFullscreen(),
    exitFullScreen: () => void document.exitFullscreen(),
  }
}
