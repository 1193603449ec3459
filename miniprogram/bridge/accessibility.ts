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
      !target.matches('[role=button],[role=link],[role=radio],[role=switch]')
    )
      return
    event.preventDefault()
    target.click()
  })
}

/**
 * H5: uni puts `aria-label` on the wrapper of a field and of a picture, where screen readers ignore
 * it. So the field gets it too, and the picture as its alternative text. A picture without a name
 * is decoration; a wrapper with a role says the name itself.
 */
export function nameParts(): void {
  if (!isH5) return
  const name = () => {
    for (const field of document.querySelectorAll(
      'uni-input[aria-label] input:not([aria-label]),' +
        'uni-textarea[aria-label] textarea:not([aria-label])',
    ))
      field.setAttribute('aria-label', labelAbove(field))
    for (const picture of document.querySelectorAll('uni-image img:not([alt])'))
      picture.setAttribute('alt', picture.closest('[role=img]') ? '' : labelAbove(picture))
    // A toast stands outside the page, and nobody would hear of it.
    for (const toast of document.querySelectorAll('uni-toast:not([role])'))
      toast.setAttribute('role', 'alert')
  }
  name()
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true })
}

function labelAbove(part: Element): string {
  const wrapper = part.closest('uni-input, uni-textarea, uni-image')
  return wrapper?.getAttribute('aria-label') ?? ''
}
