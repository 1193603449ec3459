import { isH5 } from './platform.ts'

/** H5: Enter and Space press what has the role of something to press; uni's elements know only taps. */
export function pressWithKeys(): void {
  if (!isH5) return
  document.addEventListener('keydown', (event) => {
    const { target, key } = event
    if ((key !== 'Enter' && key !== ' ') || !(target instanceof HTMLElement) || !target.matches('[role=button],[role=link],[role=radio]'))
      return
    event.preventDefault()
    target.click()
  })
}
