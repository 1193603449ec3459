import { ask, type Ground } from './ground.ts'
import { milliseconds, percentile, printTable } from './table.ts'
import { batchOf } from './track.ts'

const rounds = 200

/** From the moment a reader's phone sends to one process until the rep's stream on the other process has it: the commit is within. */
export async function commitToLive(ground: Ground): Promise<void> {
  const [watched, told] = ground.servers
  const { liveFrom } = await ask<{ liveFrom: string }>(`${watched}/api/persons/${ground.personId}/moments?limit=1`, ground.member)
  const ending = new AbortController()
  const stream = await fetch(`${watched}/api/persons/${ground.personId}/moments/live?from=${encodeURIComponent(liveFrom)}`, {
    headers: ground.member,
    signal: ending.signal,
  })
  if (!stream.ok || !stream.body) throw new Error(`the stream answered ${stream.status}`)

  const arrivals = new Map<string, (at: number) => void>()
  const reading = (async () => {
    let text = ''
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk).toString()
      const at = performance.now()
      for (const [visit, arrived] of arrivals)
        if (text.includes(visit)) {
          arrivals.delete(visit)
          text = ''
          arrived(at)
        }
    }
  })().catch(() => undefined)

  const samples: number[] = []
  for (let round = 0; round < rounds; round++) {
    const body = JSON.parse(batchOf(ground, 1)) as { events: { visitId: string }[] }
    const arrival = new Promise<number>((resolve) => arrivals.set(body.events[0]?.visitId ?? '', resolve))
    const begun = performance.now()
    await ask(`${told}/api/track`, ground.visitor, body)
    samples.push((await arrival) - begun)
  }
  ending.abort()
  await reading
  printTable(
    `Sent to one process → live on another, ${rounds} times, commit included (budget: p95 ≤ 150 ms)`,
    ['', 'p50', 'p95', 'max'],
    [
      [
        'POST /api/track → server-sent event',
        milliseconds(percentile(samples, 0.5)),
        milliseconds(percentile(samples, 0.95)),
        milliseconds(Math.max(...samples)),
      ],
    ],
  )
}
