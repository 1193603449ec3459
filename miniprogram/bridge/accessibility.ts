import { isH5 } from './platform.ts'

/**
 * H5: Enter and Space press elements with a role such as button. uni's elements react only to taps.
 */
export function pressWithKeys(): void {
  if (!isH5) return
  document.addEventListener('keydown', (event) => {
    const { target, key } = event
    if (
      (key !== 'Enter' && key !== ' ') ||
      !(target instanceof HTMLElement) ||
      !target.matches('[role=button],[role=link],[role=radio]')
    )
      return
    event.preventDefault()
    target.click()
  })
}

/**
 * H5: uni puts a field's `aria-label` on its wrapper, where screen readers ignore it. So the field
 * itself gets it too.
 */
export function nameFields(): void {
  if (!isH5) return
  const name = () => {
    document
      .querySelectorAll(
        'uni-input[aria-label] input:not([aria-label]), uni-textarea[aria-label] textarea:not([aria-label])',
      )
      .forEach((field) => {
        field.setAttribute(
          'aria-label',
          field.closest('[aria-label]')?.getAttribute('aria-label') ?? '',
        )
      })
  }
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true })
}
