import { logError } from './log.ts'
import type { Machine } from './machine.ts'

interface Card {
  title?: string
  path?: string
  imageUrl?: string
  promise?: Promise<Card>
}

/**
 * 转发: asks the page for its card and hands it to the phone, where a chat is chosen. Only a page
 * that has `onShareAppMessage` can be forwarded.
 */
export function makeShare(
  machine: Machine,
): (event: { from: 'button' | 'menu'; target?: object }) => void {
  return (event) => {
    const { pages } = machine.program
    if (!pages.hears('onShareAppMessage')) return
    const card = (pages.tell('onShareAppMessage', event) ?? {}) as Card
    const { address } = pages.top
    const send = ({ title = machine.start.name, path = address, imageUrl = '' }: Card) =>
      machine.ask('mini/share', {
        title,
        path: path.replace(/^\//, ''),
        imageUrl: imageUrl && new URL(machine.files.locate(imageUrl), location.href).href,
      })
    // onShareAppMessage.md: a promise may bring the card within three seconds.
    const late =
      card.promise &&
      Promise.race([
        card.promise,
        new Promise<Card>((resolve) => setTimeout(() => resolve(card), 3000)),
      ])
    void Promise.resolve(late ?? card)
      .then(send)
      .catch((error: unknown) => logError(error))
  }
}
