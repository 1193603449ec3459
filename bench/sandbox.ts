import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { freePorts, entryOf } from '../scripts/lib/launch.mjs'
import { answered, start } from '../scripts/lib/processes.mjs'
import { ask } from './ground.ts'
import { startGenerator } from './load.ts'
import { seconds } from './size.ts'
import { median, milliseconds, perSecond, printTable } from './table.ts'

const rounds = 15

/**
 * Measures the sandbox alone: its start, setting a scene, its answers, and how fast the desk learns
 * of a change among 10,000 contacts.
 */
export async function sandboxSpeed(): Promise<void> {
  const [port = 0, webviewPort = 0] = await freePorts(2, 4690)
  const origin = `http://localhost:${port}`
  const begun = performance.now()
  const env = {
    ...process.env,
    SANDBOX_PORT: String(port),
    SANDBOX_WEBVIEW_PORT: String(webviewPort),
    SANDBOX_SCENE: 'demo',
  }
  const generator = startGenerator()
  const program = start('sandbox', entryOf('sandbox'), {
    env,
    log: join(tmpdir(), 'chatside-bench-sandbox.log'),
  })
  try {
    const answer = await answered(`${origin}/_sandbox/credentials`, program)
    const started = performance.now() - begun
    const { env: ids } = (await answer.json()) as { env: Record<string, string> }

    const resetDemo = await timed(() => post(`${origin}/_sandbox/reset`, { scene: 'demo' }))
    const resetBusy = await timed(() => post(`${origin}/_sandbox/reset`, { scene: 'busy-rep' }), 3)
    await post(`${origin}/_sandbox/happenings/platform.limits`, { perMinute: null, perHour: null })

    const { access_token: token } = await ask<{ access_token: string }>(
      `${origin}/wecom/cgi-bin/gettoken?corpid=${ids['WECOM_CORP_ID']}&corpsecret=${ids['WECOM_AGENT_SECRET']}`,
    )
    const api = `${origin}/wecom/cgi-bin`
    const { external_userid: contacts } = await ask<{ external_userid: string[] }>(
      `${api}/externalcontact/list?access_token=${token}&userid=ZhouXiaolan`,
    )
    const load = (path: string) =>
      generator.http({
        origins: [origin],
        connections: 10,
        seconds,
        requests: { kind: 'get', paths: [`/wecom/cgi-bin/${path}`], headers: {} },
      })
    const member = await load(`user/get?access_token=${token}&userid=ZhouXiaolan`)
    const contact = await load(
      `externalcontact/get?access_token=${token}&external_userid=${contacts.at(-1)}`,
    )
    const change = await timeToDesk(origin)

    printTable(
      'The sandbox, one process (budget: start ≤ 1 s, reset ≤ 50 ms, ≥ 1,000 calls/s)',
      ['', 'is'],
      [
        ['start of the process to its first answer', milliseconds(started)],
        ['reset to `demo`, median', milliseconds(resetDemo)],
        ['reset to `busy-rep` (10,000 contacts), median', milliseconds(resetBusy)],
        ['user/get', `${perSecond(member.perSecond)}, p99 ${milliseconds(member.p99)}`],
        [
          `externalcontact/get among ${contacts.length.toLocaleString('en')}`,
          `${perSecond(contact.perSecond)}, p99 ${milliseconds(contact.p99)}`,
        ],
        [
          'a message among 10,000 contacts to the desk, median',
          `${milliseconds(change.ms)}, ${(change.bytes / 1024).toFixed(1)} KB`,
        ],
      ],
    )
  } finally {
    generator.stop()
    await program.stop()
  }
}

async function timed(work: () => Promise<unknown>, times = rounds): Promise<number> {
  const samples: number[] = []
  for (let round = 0; round < times; round++) {
    const begun = performance.now()
    await work()
    samples.push(performance.now() - begun)
  }
  return median(samples)
}

/** Measures from a rep's message to the desk's event stream. */
async function timeToDesk(origin: string): Promise<{ ms: number; bytes: number }> {
  const state = await ask<{ conversations: { id: string; kind: string }[] }>(
    `${origin}/_sandbox/state`,
  )
  const conversationId = state.conversations.find(({ kind }) => kind === 'contact')?.id
  const hangUp = new AbortController()
  const stream = await fetch(`${origin}/_sandbox/stream`, { signal: hangUp.signal })
  const reader = stream.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  const nextEvent = async () => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const event = text.slice(0, end)
        text = text.slice(end + 2)
        return event
      }
      text += decoder.decode((await reader?.read())?.value, { stream: true })
    }
  }
  await nextEvent()
  let bytes = 0
  const ms = await timed(async () => {
    const said = post(`${origin}/_sandbox/messages`, {
      conversationId,
      from: { kind: 'member', id: 'ZhouXiaolan' },
      card: { kind: 'text', text: 'bench' },
    })
    bytes = (await nextEvent()).length
    await said
  })
  hangUp.abort()
  return { ms, bytes }
}

async function post(url: string, body: unknown): Promise<void> {
  const reply = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  if (!reply.ok) throw new Error(`${url}: ${await reply.text()}`)
  await reply.arrayBuffer()
}
