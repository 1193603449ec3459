import type { Machine } from './machine.ts'
import type { WxElement } from './components/element.ts'
import { askFeedback } from './dialogs/feedback.ts'
import { button as answer, element, openDialog } from './dialogs/layer.ts'
import { words } from './words.ts'
import { describe, Refused, type WxFunction } from './wx/api.ts'
import { chooseAvatar } from './wx/media.ts'
import type { Privacy } from './wx/privacy.ts'

interface Tools {
  machine: Machine
  privacy: Privacy
  wx: Record<string, WxFunction>
  share: (event: { from: 'button'; target: object }) => void
}

/** What `<button open-type>` does (button.md), by its name; each tells the button how it went. */
export function makeOpenTypes({
  machine,
  privacy,
  wx,
  share,
}: Tools): (type: string, button: WxElement) => void {
  const { ask } = machine
  const types: Record<string, (button: WxElement) => void> = {
    share: ({ __wxElement }) =>
      share({
        from: 'button',
        target: { id: __wxElement?.id ?? '', dataset: __wxElement?.dataset ?? {} },
      }),
    agreePrivacyAuthorization(button) {
      privacy.agreedBy(button.__wxElement?.id ?? '')
      button.fire('agreeprivacyauthorization', { errMsg: 'agreePrivacyAuthorization:ok' })
    },
    openSetting: (button) =>
      tell(button, 'opensetting', 'openSetting', async () => (await wx.openSetting?.()) as object),
    getPhoneNumber: (button) =>
      tell(button, 'getphonenumber', 'getPhoneNumber', () => getPhoneNumber(machine, privacy)),
    chooseAvatar: (button) =>
      tell(button, 'chooseavatar', 'chooseAvatar', async () => ({
        avatarUrl: await chooseAvatar(machine, privacy),
      })),
    feedback: () => void askFeedback(),
    contact: (button) => void ask('mini/contact', { sessionFrom: button.text('session-from') }),
  }
  return (type, button) => types[type]?.(button)
}

function tell(button: WxElement, event: string, name: string, run: () => Promise<object>): void {
  void run().then(
    (result) => button.fire(event, { errMsg: `${name}:ok`, ...result }),
    (error: unknown) => button.fire(event, describe(name, error)),
  )
}

/** The person sees the number that WeChat has of them; the mini program gets a code for it. */
async function getPhoneNumber({ ask, start, network }: Machine, privacy: Privacy): Promise<object> {
  await privacy.demand('getPhoneNumber')
  if (network.now === 'offline') throw new Refused('network')
  const { number } = await ask<{ number: string }>('mini/phone')
  const isAllowed = await openDialog<boolean>({
    label: words.phoneNumber,
    place: 'bottom',
    dismissed: false,
    draw: (close) => [
      element('strong', {
        className: 'sheet-title',
        textContent: `${start.name} ${words.phoneAsk}`,
      }),
      element('p', {
        className: 'sheet-number',
        textContent: number.replace(/^(\d{3})\d{4}/, '$1****'),
      }),
      element('div', {
        className: 'sheet-answers',
        children: [
          answer(words.notAllow, 'no', () => close(false)),
          answer(words.allow, 'yes', () => close(true)),
        ],
      }),
    ],
  })
  if (!isAllowed) throw new Refused('user deny')
  return ask<{ code: string }>('mini/phone-code')
}
