import { logWarning } from '../log.ts'
import { button, element, openDialog } from '../dialogs/layer.ts'
import type { Machine } from '../machine.ts'
import { words } from '../words.ts'
import { asynchronous, Refused } from './api.ts'

type Answer = (answer: { event: string; buttonId?: string }) => void
const unauthorized = 'privacy permission is not authorized'

/** 用户隐私保护指引: nothing private is answered before the person has agreed once. */
export interface Privacy {
  /** Waits for the agreement. Throws when it is refused. */
  demand: (api: string) => Promise<void>
  /** A `<button open-type="agreePrivacyAuthorization">` was tapped. */
  agreedBy: (buttonId: string) => void
  functions: Record<string, unknown>
}

export function makePrivacy({ config, store, start }: Machine): Privacy {
  let listener: ((resolve: Answer, event: { referrer: string }) => void) | null = null
  let tapped: string | null = null
  const isNeeded = () => config.__usePrivacyCheck__ === true && store.read('privacy') !== 'agreed'
  const agree = () => store.write('privacy', 'agreed')

  async function demand(api: string): Promise<void> {
    if (!isNeeded()) return
    const isAgreed = listener ? await askMiniProgram(api) : await askOurselves()
    if (!isAgreed) throw new Refused(unauthorized, 104)
    agree()
  }

  /** The mini program shows its own dialog, and answers with the button that was tapped. */
  function askMiniProgram(api: string): Promise<boolean> {
    tapped = null
    return new Promise((resolve) =>
      listener?.(
        ({ event, buttonId }) => {
          if (event === 'agree') {
            if (buttonId !== tapped)
              logWarning(
                `onNeedPrivacyAuthorization: «agree» names the button ${buttonId ?? ''}, which was not tapped`,
              )
            resolve(buttonId === tapped)
          }
          if (event === 'disagree') resolve(false)
        },
        { referrer: api },
      ),
    )
  }

  function askOurselves(): Promise<boolean> {
    return openDialog<boolean>({
      label: words.privacyTitle,
      place: 'bottom',
      draw: (close) => [
        element('strong', {
          className: 'sheet-title',
          textContent: `${start.name} ${words.privacyTitle}`,
        }),
        element('p', { className: 'sheet-text', textContent: words.privacyText }),
        element('div', {
          className: 'sheet-answers',
          children: [
            button(words.refuse, 'no', () => close(false)),
            button(words.agree, 'yes', () => close(true)),
          ],
        }),
      ],
    })
  }

  return {
    demand,
    agreedBy: (buttonId) => (tapped = buttonId),
    functions: {
      onNeedPrivacyAuthorization: (given: typeof listener) => (listener = given),
      ...asynchronous({
        getPrivacySetting: () => ({
          needAuthorization: isNeeded(),
          privacyContractName: `《${start.name}${words.privacyContract}》`,
        }),
        requirePrivacyAuthorize: () => demand('requirePrivacyAuthorize'),
        openPrivacyContract: () =>
          openDialog<void>({
            label: words.privacyContract,
            place: 'full',
            draw: (close) => [
              element('div', {
                className: 'full-bar',
                children: [
                  button(words.back, 'plain', () => close()),
                  element('strong', { textContent: words.privacyContract }),
                ],
              }),
              element('p', { className: 'full-text', textContent: words.privacyContractText }),
            ],
          }),
      }),
    },
  }
}
