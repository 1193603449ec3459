import type { AnswerChoice, Choice } from '../api.ts'
import { Nonsense } from '../doors/nonsense.ts'
import { changed, makeId, type WebviewRecord, type World } from '../state/world.ts'

/**
 * Puts a question on the client's screen and waits until the person on the desk has answered. Null
 * = cancelled, or the page asked for something else.
 */
export async function askPerson(
  world: World,
  webview: WebviewRecord,
  wish: Pick<Choice, 'kind' | 'title'> & Partial<Choice>,
): Promise<string[] | null> {
  webview.pendingChoice?.settle(null)
  const choice: Choice = {
    id: makeId('choice'),
    options: [],
    least: 0,
    most: 0,
    isFree: false,
    cards: [],
    ...wish,
  }
  const answer = await new Promise<string[] | null>((settle) => {
    webview.pendingChoice = { choice, settle }
    changed(world)
  })
  if (webview.pendingChoice?.choice.id === choice.id) webview.pendingChoice = null
  changed(world)
  return answer
}

/** The person's answer. Throws `Nonsense` when nobody asked, or when it is none of the options. */
export function answerChoice(world: World, { webviewId, id, answer }: AnswerChoice) {
  const pending = world.webviews.get(webviewId)?.pendingChoice
  if (pending?.choice.id !== id) throw new Nonsense('this webview is not asking this')
  const { options, least, most, isFree } = pending.choice
  if (answer !== null) {
    const unknown = answer.find((one) => !isFree && !options.some((option) => option.id === one))
    if (unknown !== undefined) throw new Nonsense(`"${unknown}" is none of the options`)
    if (answer.length < least || answer.length > most)
      throw new Nonsense(`choose between ${least} and ${most} of the options`)
  }
  pending.settle(answer)
}
