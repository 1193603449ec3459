import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { restoreSnapshot, takeSnapshot, type Snapshot } from '../state/snapshots.ts'
import { everyCredential, type Credentials } from './testing/credentials.ts'
import {
  bytesOf,
  difference,
  imprint,
  openEveryMethod,
  type Answer,
  type EveryMethod,
  type Json,
  type Played,
} from './testing/every-method.ts'
import { inThisWorld, learn } from './testing/known-values.ts'
import { mistakes, strangeTexts } from './testing/mistakes.ts'

const lists = JSON.parse(
  readFileSync(new URL('testing/errcodes.json', import.meta.url), 'utf8'),
) as Record<string, number[]>
const codes = {
  wecom: new Set(lists.wecom),
  wechat: new Set([...(lists.wechat ?? []), ...(lists.pagesOfWechat ?? [])]),
}

/** What is said to somebody with no token, a wrong or an old one, or one of somebody else. */
const aboutTokens = new Set([
  41001, 40014, 40001, 42001, 41022, 40082, 42009, 61014, 86000, 48001, 48002, 61003,
])

/** Whose tokens are of one kind. A token of another kind opens nothing. */
const kinds = [
  ['own', 'contactSync', 'customized', 'thirdparty'],
  ['suite', 'template'],
  ['provider'],
  ['service', 'subscription', 'miniprogram', 'authorizedProgram', 'authorizedOfficial'],
  ['component'],
]

// Thousands of calls, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

let open: EveryMethod
let tokens: Credentials
/** The caller whom a method takes. */
const takenBy = new Map<Played, string>()
let start: Snapshot
let before: string
let bytes: Buffer

beforeAll(async () => {
  open = await openEveryMethod()
  tokens = await everyCredential(open)
  for (const method of open.methods) takenBy.set(method, await callerOf(method))
  await learn(open, (method) => ({ url: urlOf(method), caller: takenBy.get(method) ?? '' }))
  start = takeSnapshot(open.world)
  restoreSnapshot(open.world, start)
  before = imprint(open.world)
  bytes = bytesOf(open.world)
})
afterAll(() => open.close())

/** The first who is not turned away for who he is. */
async function callerOf(method: Played): Promise<string> {
  const names = Object.keys(tokens).toSorted(
    (left, right) => Number(right === 'nobody') - Number(left === 'nobody'),
  )
  for (const caller of names) {
    const body =
      method.method === 'POST' ? JSON.stringify(inThisWorld(open.world, method, caller)) : undefined
    const { errcode } = (await open.call(method.method, urlOf(method, tokens[caller]), body)).body
    if (!aboutTokens.has(Number(errcode ?? 0))) return caller
  }
  return 'nobody'
}

function urlOf(
  method: Played,
  token = tokens[takenBy.get(method) ?? ''] ?? {},
  query: Record<string, string> = queryOf(method),
): string {
  return `/${method.service}${method.path}?${new URLSearchParams({ ...query, ...token })}`
}

function queryOf(method: Played): Record<string, string> {
  const sample = { ...method, body: Object.fromEntries(method.query.map((name) => [name, ''])) }
  return Object.fromEntries(
    Object.entries(inThisWorld(open.world, sample, takenBy.get(method) ?? '')).map(
      ([name, value]) => [name, String(value)],
    ),
  )
}

let wrong: string[] = []

/**
 * Holds an answer against what goes for all of them, and puts back the world that a good call has
 * changed.
 */
function judge(method: Played, what: string, { status, type, body }: Answer): number {
  const errcode = Number(body.errcode ?? 0)
  const complain = (words: string) => wrong.push(`${method.path}, ${what}: ${words}`)
  if (status !== 200) complain(`status ${status} ${JSON.stringify(body)}`)
  const isListed = codes[method.service].has(errcode)
  if (type.includes('json') && errcode !== 0 && !isListed)
    complain(`errcode ${errcode} is in no list`)
  if (bytesOf(open.world).equals(bytes)) return errcode
  if (errcode !== 0) {
    const after = imprint(open.world)
    if (after !== before) complain(`${errcode} changed the world: ${difference(before, after)}`)
  }
  restoreSnapshot(open.world, start)
  bytes = bytesOf(open.world)
  return errcode
}

function sampleOf(method: Played, caller = takenBy.get(method) ?? ''): string | undefined {
  return method.method === 'POST'
    ? JSON.stringify(inThisWorld(open.world, method, caller))
    : undefined
}

/** Makes a call and judges it; gives its errcode. */
async function trial(
  method: Played,
  what: string,
  url: string,
  body = sampleOf(method),
): Promise<number> {
  return judge(method, what, await open.call(method.method, url, body))
}

beforeEach(() => {
  wrong = []
})

it('turns away who has no token, an invented one, or one of another kind', async () => {
  for (const method of open.methods) {
    const caller = takenBy.get(method) ?? ''
    if (caller === 'nobody') continue
    const names = Object.keys(tokens[caller] ?? {})
    const all = (value: string) => Object.fromEntries(names.map((name) => [name, value]))
    const strangers = kinds
      .filter((kind) => !kind.includes(caller))
      .map(([name = '']) => [name, Object.values(tokens[name] ?? {})[0] ?? ''])
    for (const [what = '', value = ''] of [
      ['no token', ''],
      ['an invented token', 'invented'],
      ['__proto__', '__proto__'],
      ...strangers,
    ]) {
      const errcode = await trial(method, what, urlOf(method, all(value)))
      if (!aboutTokens.has(errcode))
        wrong.push(`${method.path}, ${what}: ${errcode} says nothing about the token`)
    }
  }
  expect(wrong).toEqual([])
})

it('turns away old tokens, by the clock', async () => {
  const { world } = open
  const fresh = world.offsetMs
  world.offsetMs += 7_201_000
  ;[start, before, bytes] = [takeSnapshot(world), imprint(world), bytesOf(world)]
  for (const method of open.methods) {
    if (takenBy.get(method) === 'nobody') continue
    const errcode = await trial(method, 'an old token', urlOf(method))
    if (![42001, 42009].includes(errcode)) wrong.push(`${method.path}, an old token: ${errcode}`)
  }
  world.offsetMs = fresh
  ;[start, before, bytes] = [takeSnapshot(world), imprint(world), bytesOf(world)]
  expect(wrong).toEqual([])
})

it('answers calls of every wrong form', async () => {
  for (const method of open.methods) {
    await trial(method, 'the sample', urlOf(method))
    const verb = method.method === 'GET' ? 'POST' : 'GET'
    judge(method, verb, await open.call(verb, urlOf(method), verb === 'POST' ? '{}' : undefined))
    if (method.method === 'GET') continue
    for (const body of ['', '{', '[]', '7', 'null', '{}'])
      await trial(method, `body ${body}`, urlOf(method), body)
  }
  expect(wrong).toEqual([])
})

it('answers queries with fields missing or strange', async () => {
  for (const method of open.methods) {
    const sample = queryOf(method)
    for (const name of method.query) {
      const { [name]: _missing, ...rest } = sample
      await trial(method, `no ${name}`, urlOf(method, undefined, rest))
      for (const text of strangeTexts)
        await trial(
          method,
          `${name} = ${text.slice(0, 30)}`,
          urlOf(method, undefined, { ...sample, [name]: text }),
        )
    }
  }
  expect(wrong).toEqual([])
})

it('answers bodies with fields missing, of another kind, too long or hostile, and changes nothing when it refuses', async () => {
  for (const method of open.methods) {
    if (method.method === 'GET') continue
    const url = urlOf(method)
    const sample = JSON.parse(sampleOf(method) ?? '{}') as Json
    for (const { what, text } of mistakes(sample)) await trial(method, what, url, text)
  }
  expect(wrong).toEqual([])
  expect('polluted' in {}).toBe(false)
})

it('names nobody to a customized app as an own app knows them', async () => {
  const { scene, customers, members } = open.world
  const plain = [
    scene.corp.id,
    ...members.map(({ id }) => id),
    ...customers.flatMap(({ externalUserId, unionid }) => [externalUserId, unionid]),
  ]
  for (const method of open.methods) {
    if (!['own', 'customized'].includes(takenBy.get(method) ?? '')) continue
    const url = urlOf(method, tokens.customized)
    const text = JSON.stringify(
      (await open.call(method.method, url, sampleOf(method, 'customized'))).body,
    )
    for (const id of plain)
      if (text.includes(id)) wrong.push(`${method.path} says ${id}: ${text.slice(0, 300)}`)
  }
  restoreSnapshot(open.world, start)
  expect(wrong).toEqual([])
})
