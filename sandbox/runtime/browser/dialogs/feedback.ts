import { words } from '../words.ts'
import { button, element, openDialog } from './layer.ts'

/**
 * 意见反馈: WeChat's own page. What is written goes to the mini program's operators, so nobody here
 * gets it.
 */
export function askFeedback(): Promise<void> {
  const opinion = element('textarea', {
    ariaLabel: words.feedback,
    placeholder: words.feedbackHint,
    maxLength: 200,
  })
  return openDialog<void>({
    label: words.feedback,
    place: 'full',
    dismissed: undefined,
    draw: (close) => [
      element('div', {
        className: 'full-bar',
        children: [
          button(words.back, 'plain', () => close()),
          element('strong', { textContent: words.feedback }),
          button(words.send, 'done', () => close()),
        ],
      }),
      element('div', { className: 'place-form', children: [opinion] }),
    ],
  })
}
