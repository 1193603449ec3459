import { element } from './dialogs/layer.ts'
import { words } from './words.ts'

/** A frame without a mini program: says why, and where the H5 version is. */
export function explain(why: 'notBuilt' | 'failed', address: string, detail = ''): void {
  const hint = why === 'notBuilt' ? words.notBuiltHint : detail
  document.documentElement.dataset.state = why
  document.querySelector('#pages')?.replaceChildren(
    element('div', {
      className: 'wx-explained',
      children: [
        element('h1', { textContent: words[why] }),
        element('p', { textContent: hint }),
        element('a', { href: `/h5/#/${address.replace(/^\//, '')}`, textContent: words.h5 }),
      ],
    }),
  )
}
