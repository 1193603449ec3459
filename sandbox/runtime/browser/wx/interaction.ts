import { button, element, layer, openDialog } from '../dialogs/layer.ts'
import { words } from '../words.ts'
import { asynchronous, numberOf, type Options, Refused, textOf } from './api.ts'

/** showModal.md: more letters are refused. */
const mostLetters = 4

export function interactionFunctions(): Record<string, unknown> {
  let toast: HTMLElement | null = null
  let timer = 0
  const hide = () => {
    clearTimeout(timer)
    toast?.remove()
    toast = null
  }
  const show = (options: Options, isLoading: boolean) => {
    hide()
    const icon = isLoading ? 'loading' : textOf(options, 'icon') || 'success'
    const box = element('div', {
      className: `toast toast-${icon}`,
      children: [element('span', { textContent: textOf(options, 'title') })],
    })
    if (icon !== 'none') box.prepend(element('i', { ariaHidden: 'true' }))
    box.setAttribute('role', 'status')
    toast = element('div', {
      className: options.mask === true || isLoading ? 'toast-place masked' : 'toast-place',
      children: [box],
    })
    layer().append(toast)
    if (!isLoading) timer = window.setTimeout(hide, numberOf(options, 'duration', 1500))
  }
  return asynchronous({
    showToast: (options) => show(options, false),
    showLoading: (options) => show(options, true),
    hideToast: hide,
    hideLoading: hide,
    showModal,
    showActionSheet,
  })
}

function showModal(options: Options): Promise<object> {
  const confirmText = textOf(options, 'confirmText') || words.sure
  const cancelText = textOf(options, 'cancelText') || words.cancel
  for (const [name, given] of Object.entries({
    confirmText: options.confirmText,
    cancelText: options.cancelText,
  }))
    if (typeof given === 'string' && given.length > mostLetters)
      throw new Refused(
        `parameter error: ${name} length should not larger than 4 Chinese characters`,
      )
  const editable = options.editable === true
  const input = element('input', {
    placeholder: textOf(options, 'placeholderText'),
    value: editable ? textOf(options, 'content') : '',
  })
  const title = textOf(options, 'title')
  return openDialog({
    label: title || textOf(options, 'content'),
    place: 'middle',
    draw: (close) => [
      element('strong', { className: 'modal-title', textContent: title }),
      editable
        ? input
        : element('p', { className: 'modal-text', textContent: textOf(options, 'content') }),
      element('div', {
        className: 'modal-answers',
        children: [
          ...(options.showCancel === false
            ? []
            : [button(cancelText, 'cancel', () => close({ confirm: false, cancel: true }))]),
          button(confirmText, 'sure', () =>
            close({ confirm: true, cancel: false, ...(editable && { content: input.value }) }),
          ),
        ],
      }),
    ],
  })
}

async function showActionSheet(options: Options): Promise<object> {
  const items = (options.itemList ?? []) as string[]
  if (items.length === 0 || items.length > 6)
    throw new Refused('parameter error: itemList should have 1 to 6 items')
  const tapIndex = await openDialog<number>({
    label: textOf(options, 'alertText') || words.choose,
    place: 'bottom',
    dismissed: -1,
    draw: (close) => [
      ...items.map((item, index) => button(item, 'sheet-item', () => close(index))),
      button(words.cancel, 'sheet-item sheet-cancel', () => close(-1)),
    ],
  })
  if (tapIndex < 0) throw new Refused('cancel')
  return { tapIndex }
}
