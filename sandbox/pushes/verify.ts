import { randomInt } from 'node:crypto'
import { Nonsense } from '../doors/nonsense.ts'
import { encrypt, sign } from './crypto.ts'
import { makeNonce } from './envelope.ts'
import type { ReceiverKind } from './receivers.ts'
import { send, Unreached, type Answer, type Span } from './send.ts'
import type { CallbackAddress } from './state.ts'

/**
 * WW-90930: the decrypted echostr within one second. WeChat's page names no time, so it is given
 * what a push is given.
 */
const deadline = { wecom: 1, wechat: 5 }

/**
 * Asks a new address with an echostr, as the platform does when an admin presses save. Throws
 * `Nonsense` with the reason when it does not answer as it must.
 */
export async function verifyUrl(
  secondMs: number,
  url: string,
  kind: ReceiverKind,
  { token, aesKey }: CallbackAddress,
): Promise<void> {
  const expected = `${randomInt(1_000_000_000, 9_999_999_999)}${randomInt(100_000_000, 999_999_999)}`
  const [timestamp, nonce] = [String(Math.floor(Date.now() / 1000)), makeNonce()]
  const echostr = kind.platform === 'wecom' ? encrypt(aesKey, kind.receiveId, expected) : expected
  const query: Record<string, string> =
    kind.platform === 'wecom'
      ? { msg_signature: sign(token, timestamp, nonce, echostr), timestamp, nonce, echostr }
      : { signature: sign(token, timestamp, nonce), echostr, timestamp, nonce }
  const answer = await ask(url, new URLSearchParams(query), {
    seconds: deadline[kind.platform],
    secondMs,
  })
  const reason = whatIsWrong(answer, expected, echostr)
  if (reason !== null) throw new Nonsense(`the address was not saved: ${reason}`)
}

async function ask(url: string, query: URLSearchParams, within: Span): Promise<Answer> {
  try {
    return await send('GET', url, query, { within })
  } catch (error) {
    if (!(error instanceof Unreached)) throw error
    throw new Nonsense(`the address was not saved: ${error.message}`)
  }
}

function whatIsWrong({ status, body }: Answer, expected: string, echostr: string): string | null {
  if (status !== 200) return `it answered HTTP ${status} instead of 200`
  if (body === expected) return null
  if (body === '') return 'it answered with nothing instead of the echostr'
  if (body.startsWith('\uFEFF')) return 'it answered with a byte order mark'
  if (body.trim() === expected) return 'it answered with a line break or spaces around the echostr'
  if (body.includes(expected))
    return `it answered with more than the echostr, such as quotes: ${body.slice(0, 60)}`
  if (body === echostr) return 'it answered with the encrypted echostr instead of the decrypted one'
  return `it answered "${body.slice(0, 60)}" instead of the decrypted echostr`
}
