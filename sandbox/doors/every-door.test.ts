import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { areas } from '../platform/areas.ts'
import { everyCredential } from '../platform/testing/credentials.ts'
import {
  bytesOf,
  difference,
  imprint,
  openEveryMethod,
  type EveryMethod,
  type Json,
} from '../platform/testing/every-method.ts'
import { strangeTexts } from '../platform/testing/mistakes.ts'
import { restoreSnapshot, takeSnapshot, type Snapshot } from '../state/snapshots.ts'
import { toJsonSchema } from '@valibot/to-json-schema'

vi.setConfig({ testTimeout: 120_000 })

const happenings = areas.flatMap((area) => area.happenings)
const doors = [
  'messages',
  'forwards',
  'choices',
  'devices/wecom',
  'devices/wechat',
  'location-answers',
  'webviews',
  'reset',
  'clock',
  'faults',
  'tokens/revoke',
  'tickets/revoke',
  'visible-range',
  'trusted-hosts',
  'follows',
  'subscriptions',
  'codes',
  'upstream',
  'callbacks',
  'pushes',
  'delivery-rules',
  'scans',
  'encrypted-data',
  'snapshots',
  'snapshots/restore',
]

let open: EveryMethod
let start: Snapshot
let before: string
let bytes: Buffer
let wrong: string[] = []
/** How many pushes there were before. */
let deliveries: number
/** Who knows nobody by the corp's own ids. */
let strangers: Set<string>
let plainIds: string[]

beforeAll(async () => {
  open = await openEveryMethod()
  await everyCredential(open)
  start = takeSnapshot(open.world)
  restoreSnapshot(open.world, start)
  ;[before, bytes] = [imprint(open.world), bytesOf(open.world)]
})
afterAll(() => open.close())
beforeAll(() => {
  const { apps, scene, members, customers, pushes } = open.world
  deliveries = pushes.deliveries.length
  const foreign = apps.list.filter(({ mode }) => mode !== 'own').map(({ key }) => `app:${key}`)
  strangers = new Set([
    'provider',
    ...foreign,
    ...apps.provider.suites.map(({ id }) => `suite:${id}`),
  ])
  plainIds = [
    scene.corp.id,
    ...members.map(({ id }) => id),
    ...customers.flatMap(({ externalUserId, unionid }) => [externalUserId, unionid]),
  ]
})
beforeEach(() => {
  wrong = []
})

/** A door answers 200, or 400 with a sentence and nothing changed. */
async function knock(path: string, text: string, mustRefuse = false) {
  const { status, body } = await open.call('POST', `/_sandbox/${path}`, text)
  const complain = (words: string) => wrong.push(`${path} ${text.slice(0, 150)}: ${words}`)
  const isSentence = typeof body.error === 'string' && body.error.length > 8
  if (status !== 200 && !(status === 400 && isSentence))
    complain(`${status} ${JSON.stringify(body)}`)
  if (mustRefuse && status !== 400) complain(`${status}, but it is nonsense`)
  for (const { receiver, event, body: pushed } of open.world.pushes.deliveries.splice(deliveries))
    if (strangers.has(receiver) && plainIds.some((id) => pushed.includes(id)))
      complain(`${receiver} hears a plain id in ${event}: ${pushed}`)
  if (bytesOf(open.world).equals(bytes)) return
  if (status !== 200) {
    const after = imprint(open.world)
    if (after !== before) complain(`refused and changed: ${difference(before, after)}`)
  }
  restoreSnapshot(open.world, start)
  bytes = bytesOf(open.world)
}

/** What is no JSON object of ours at all. */
const noBodies = [
  '',
  '{',
  '[]',
  '7',
  'null',
  '"text"',
  '{"__proto__":{"polluted":1},"surelyNotAField":1}',
]

it('refuses at every door what is no body of it', async () => {
  for (const path of [...doors, ...happenings.map(({ name }) => `happenings/${name}`)]) {
    // A reset needs no body: it begins the same scene anew.
    for (const text of noBodies) await knock(path, text, path !== 'reset' || text !== '')
    await knock(path, '{}')
  }
  for (const path of [
    'happenings/constructor',
    'happenings/nothing',
    'calls/x/replay',
    'deliveries/x/replay',
  ])
    await knock(path, '{}', true)
  expect(wrong).toEqual([])
  expect('polluted' in {}).toBe(false)
})

it('lets nothing happen to what is not there', async () => {
  for (const { name, body } of happenings) {
    const schema = toJsonSchema(body, { errorMode: 'ignore' }) as Json
    for (const one of samplesOf(schema)) {
      await knock(`happenings/${name}`, JSON.stringify(one))
      await knock(`happenings/${name}`, JSON.stringify({ ...one, surelyNotAField: 1 }), true)
      for (const field of Object.keys(one)) {
        const { [field]: _missing, ...rest } = one
        await knock(`happenings/${name}`, JSON.stringify(rest))
        for (const value of [null, {}, [], [null], -1, 1e308, true, ...strangeTexts])
          await knock(`happenings/${name}`, JSON.stringify({ ...one, [field]: value }))
      }
    }
  }
  expect(wrong).toEqual([])
})

it('answers every question, however strange', async () => {
  const questions = [
    'calls?path=',
    'calls?limit=',
    'calls?service=',
    'deliveries?limit=',
    'deliveries?event=',
    'deliveries?receiver=',
    'media/',
    'codes/',
  ]
  const more = [
    'avatars/',
    'icons/',
    'invokes?limit=',
    'ledger?state=',
    'state?since=',
    'overview?x=',
    'happenings?x=',
    'snapshots?x=',
  ]
  for (const question of [...questions, ...more]) {
    for (const text of ['%', ...strangeTexts.map(safely)]) {
      const { status } = await open.call('GET', `/_sandbox/${question}${text}`)
      if (![200, 400, 404, 405].includes(status)) wrong.push(`${question}${text}: ${status}`)
    }
  }
  expect(wrong).toEqual([])
})

/** A lone surrogate has no place in an address. */
function safely(text: string): string {
  return encodeURIComponent(text.replace('\ud800', ''))
}

/** Bodies that fit the schema, with ids of this world where a name tells which. */
function samplesOf(schema: Json): Json[] {
  const choices = (schema.anyOf ?? schema.oneOf) as Json[] | undefined
  if (choices) return choices.flatMap(samplesOf)
  const properties = (schema.properties ?? {}) as Record<string, Json>
  return [
    Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valueOf(name, one)])),
  ]
}

function valueOf(name: string, schema: Json): unknown {
  const { world } = open
  const [group] = world.groupChats
  const known: Json = {
    ...{
      memberId: 'ZhouXiaolan',
      adminId: 'ZhouXiaolan',
      customerId: 'linyue',
      chatId: group?.chatId,
      agentId: world.apps.list[0]?.agentId,
    },
    ...{
      takeoverId: 'HanXue',
      appid: world.scene.officialAccount.appid,
      component: world.open.components[0]?.appid,
    },
    ...{
      suiteId: world.apps.provider.suites[0]?.id,
      departmentId: 2,
      tagId: world.tagGroups[0]?.tags[0]?.id,
      groupId: world.tagGroups[0]?.id,
    },
  }
  if (known[name] !== undefined) return known[name]
  const choices = (schema.anyOf ?? schema.oneOf) as Json[] | undefined
  if (choices?.[0]) return valueOf(name, choices[0])
  if (Array.isArray(schema.enum)) return schema.enum[0] as unknown
  if ('const' in schema) return schema.const
  if (schema.type === 'array')
    return [valueOf(name.replace(/s$/, ''), (schema.items ?? {}) as Json)]
  if (schema.type === 'object') return samplesOf(schema)[0]
  if (schema.type === 'boolean') return true
  if (schema.type === 'number' || schema.type === 'integer') return schema.minimum ?? 1
  return 'x'
}
