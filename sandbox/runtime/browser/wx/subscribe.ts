import { button, element, openDialog } from '../dialogs/layer.ts'
import type { Machine } from '../machine.ts'
import { words } from '../words.ts'
import { asynchronous, Refused } from './api.ts'

/** A tap is over for wx.requestSubscribeMessage after this time. */
const tapMs = 2000

interface Template {
  id: string
  title: string
  /** What its messages tell. */
  lines: string[]
}

/**
 * 订阅消息: the person answers for each template, and WeChat keeps what they agreed to: one message
 * each.
 */
export function subscribeFunctions({ ask, start, network }: Machine): Record<string, unknown> {
  let tappedAt = -Infinity
  addEventListener('click', () => (tappedAt = performance.now()), true)
  return asynchronous({
    // The numbers are requestSubscribeMessage.md's.
    async requestSubscribeMessage(options) {
      const ids = (options.tmplIds ?? []) as string[]
      if (ids.length === 0) throw refused('TmplIds can’t be empty', 10001)
      if (ids.length > 5) throw refused('Templates count out of max bounds', 20003)
      if (performance.now() - tappedAt > tapMs)
        throw new Refused('can only be invoked by user TAP gesture.')
      if (network.now === 'offline') throw refused('Request list fail', 10002)
      const { templates, isBanned } = await ask<{ templates: Template[]; isBanned: boolean }>(
        'mini/templates',
        { ids },
      )
      if (isBanned) throw refused('The mini program was banned', 20005)
      if (!ids.every((id) => templates.some((one) => one.id === id)))
        throw refused('No template data return, verify the template id exist', 20001)
      const accepted = await choose(start.name, templates)
      if (accepted.length > 0) await ask('mini/subscribe', { accepted })
      return Object.fromEntries(ids.map((id) => [id, accepted.includes(id) ? 'accept' : 'reject']))
    },
  })
}

function refused(words: string, errCode: number): Refused {
  return new Refused(words, errCode, 'errCode')
}

function choose(name: string, templates: Template[]): Promise<string[]> {
  const boxes = templates.map(({ id, title }) => ({
    id,
    box: element('input', { type: 'checkbox', checked: true, ariaLabel: title }),
  }))
  return openDialog<string[]>({
    label: words.subscribe,
    place: 'bottom',
    dismissed: [],
    draw: (close) => [
      element('strong', {
        className: 'sheet-title',
        textContent: `${name} ${words.subscribeText}`,
      }),
      element('div', {
        className: 'subscriptions',
        children: templates.map(({ title, lines }, index) =>
          element('label', {
            children: [
              boxes[index]?.box ?? '',
              element('span', { textContent: title }),
              element('small', { textContent: lines.join(' · ') }),
            ],
          }),
        ),
      }),
      element('div', {
        className: 'sheet-answers',
        children: [
          button(words.cancel, 'no', () => close([])),
          button(words.allow, 'yes', () =>
            close(boxes.filter(({ box }) => box.checked).map(({ id }) => id)),
          ),
        ],
      }),
    ],
  })
}
