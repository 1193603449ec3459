import { randomInt } from 'node:crypto'
import { isRecord } from '../platform/fields.ts'
import { decrypt, encrypt, sign } from './crypto.ts'
import { readXml } from './read-xml.ts'
import type { ReceiverKind } from './receivers.ts'
import type { CallbackAddress } from './state.ts'
import { cdata } from './xml.ts'
import type { ReadXml } from './receiver.ts'

/** What a push says, beside its address: the plaintext and who it is from and to. */
export interface Letter {
  plain: string
  /** ToUserName of an account's message, AppId of a third-party platform's event. */
  to: { name: 'ToUserName' | 'AppId'; value: string }
  /** WeChat puts it into the query. */
  openid: string | null
}

/** A new envelope each time: timestamp, nonce and random bytes differ, the plaintext does not. */
export function seal(
  letter: Letter,
  kind: ReceiverKind,
  address: CallbackAddress,
  timestamp: string,
): { query: URLSearchParams; body: string } {
  const nonce = makeNonce()
  const query = new URLSearchParams()
  if (kind.platform === 'wechat') {
    query.set('signature', sign(address.token, timestamp, nonce))
    query.set('timestamp', timestamp)
    query.set('nonce', nonce)
    if (letter.openid) query.set('openid', letter.openid)
    if (address.mode === 'plain') return { query, body: letter.plain }
    query.set('encrypt_type', 'aes')
  }
  const encrypted = encrypt(address.aesKey, kind.receiveId, letter.plain)
  query.set('msg_signature', sign(address.token, timestamp, nonce, encrypted))
  query.set('timestamp', timestamp)
  query.set('nonce', nonce)
  return {
    query,
    body:
      address.format === 'json'
        ? wrapJson(letter, kind, address, encrypted)
        : wrapXml(letter, kind, address, encrypted),
  }
}

function wrapXml(
  letter: Letter,
  kind: ReceiverKind,
  { mode }: CallbackAddress,
  encrypted: string,
): string {
  if (kind.platform === 'wechat' && mode === 'compatible') {
    return letter.plain.replace(/<\/xml>$/, `<Encrypt>${cdata(encrypted)}</Encrypt></xml>`)
  }
  const agent = kind.agentId === null ? '' : `<AgentID>${cdata(kind.agentId)}</AgentID>`
  return `<xml><${letter.to.name}>${cdata(letter.to.value)}</${letter.to.name}><Encrypt>${cdata(encrypted)}</Encrypt>${agent}</xml>`
}

/** WeCom's own JSON sample writes its names small. */
function wrapJson(
  letter: Letter,
  kind: ReceiverKind,
  { mode }: CallbackAddress,
  encrypted: string,
): string {
  if (kind.platform === 'wecom')
    return JSON.stringify({
      tousername: letter.to.value,
      encrypt: encrypted,
      agentid: kind.agentId ?? '',
    })
  if (mode === 'compatible')
    return JSON.stringify({ ...(JSON.parse(letter.plain) as object), Encrypt: encrypted })
  return JSON.stringify({ [letter.to.name]: letter.to.value, Encrypt: encrypted })
}

/** A passive reply: its parsed form and its plaintext. Throws with the reason if it is broken. */
export function openReply(
  answer: string,
  kind: ReceiverKind,
  address: CallbackAddress,
): { reply: ReadXml; plain: string } {
  const outer = parse(answer, address.format)
  const isPlain = kind.platform === 'wechat' && address.mode !== 'safe'
  const encrypted = field(outer, 'Encrypt', 'encrypt')
  if (encrypted === '') {
    if (isPlain) return { reply: outer, plain: answer }
    throw new Error('a passive reply must be encrypted')
  }
  const [signature, timestamp, nonce] = [
    field(outer, 'MsgSignature', 'msgsignature'),
    field(outer, 'TimeStamp', 'timestamp'),
    field(outer, 'Nonce', 'nonce'),
  ]
  if (signature !== sign(address.token, timestamp, nonce, encrypted))
    throw new Error('the MsgSignature of the passive reply is wrong')
  const { message, receiveId } = decrypt(address.aesKey, encrypted)
  if (receiveId !== kind.receiveId)
    throw new Error(`the passive reply was encrypted for "${receiveId}", not "${kind.receiveId}"`)
  return { reply: parse(message, address.format), plain: message }
}

function parse(text: string, format: CallbackAddress['format']): ReadXml {
  if (format === 'xml' || text.startsWith('<')) return readXml(text)
  const value = JSON.parse(text) as unknown
  if (!isRecord(value)) throw new Error('it is no JSON object')
  return textsOf(value)
}

/** JSON in the form that XML is read in: every leaf a text. */
function textsOf(value: Record<string, unknown>): ReadXml {
  const one = (item: unknown): string | ReadXml => (isRecord(item) ? textsOf(item) : String(item))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      Array.isArray(item) ? item.map(one) : one(item),
    ]),
  )
}

function field(outer: ReadXml, ...names: string[]): string {
  for (const name of names) {
    const value = outer[name]
    if (typeof value === 'string') return value
  }
  return ''
}

export function makeNonce(): string {
  return String(randomInt(100_000_000, 2_000_000_000))
}
