import type { DeskEvent } from '../api.ts'

/** The events of `GET /_sandbox/stream` as they come. */
export async function* readEvents(stream: Response): AsyncGenerator<DeskEvent, undefined> {
  const reader = stream.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const part = await reader?.read()
    if (!part || part.done) return undefined
    text += decoder.decode(part.value, { stream: true })
    const lines = text.split('\n\n')
    text = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('data: ')) yield JSON.parse(line.slice('data: '.length)) as DeskEvent
  }
}
