import { ask, type Facts } from './facts.ts'

/**
 * Tells the sandbox where the page is and what it is called, so that the desk can draw the bar
 * above it.
 */
export function reportPlace(facts: Facts) {
  let told = ''
  let timer = 0
  const tell = () => {
    timer = 0
    const place = `${location.href}\n${document.title}`
    if (place === told) return
    told = place
    void ask('location', { webview: facts.id, url: location.href, title: document.title }).catch(
      () => undefined,
    )
  }
  const soon = () => {
    timer ||= window.setTimeout(tell, 50)
  }
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name].bind(history)
    history[name] = (...args: Parameters<History['pushState']>) => {
      original(...args)
      soon()
    }
  }
  for (const event of ['hashchange', 'popstate', 'load']) window.addEventListener(event, soon)
  document.addEventListener('DOMContentLoaded', () => {
    soon()
    new MutationObserver(soon).observe(document.head, {
      subtree: true,
      childList: true,
      characterData: true,
    })
  })
}
