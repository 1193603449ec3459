import type { As, TestApp } from './test-app.ts'

export interface StreamEvent {
  id: string | null
  event: string
  data: string
}

export interface TestStream {
  response: Response
  /** All events so far. */
  events: readonly StreamEvent[]
  /** True once the server has ended the stream. */
  ended: () => boolean
  close(): void
}

/** Reads server-sent events as a browser does, until closed. */
export async function openEventStream(
  app: TestApp,
  path: string,
  as: As,
  lastEventId?: string,
): Promise<TestStream> {
  const gone = new AbortController()
  const response = await app.fetch(
    path,
    { signal: gone.signal, headers: lastEventId ? { 'Last-Event-ID': lastEventId } : {} },
    as,
  )
  const events: StreamEvent[] = []
  let ended = false
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) void read()

  async function read(): Promise<void> {
    let rest = ''
    try {
      for await (const chunk of (response.body ?? new ReadableStream<Uint8Array>()).pipeThrough(
        new TextDecoderStream(),
      )) {
        const blocks = (rest + chunk).split('\n\n')
        rest = blocks.pop() ?? ''
        events.push(...blocks.flatMap(parseBlock))
      }
    } catch {
      // Closed by us, or cut off: both are an end.
    }
    ended = true
  }

  return { response, events, ended: () => ended, close: () => gone.abort() }
}

function parseBlock(block: string): StreamEvent[] {
  const fields = new Map(
    block
      .split('\n')
      .map(
        (line) =>
          [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const,
      ),
  )
  const data = fields.get('data')
  return data === undefined
    ? []
    : [{ id: fields.get('id') ?? null, event: fields.get('event') ?? 'message', data }]
}
