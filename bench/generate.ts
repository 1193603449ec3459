import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { makeDice, makeIds, makeZipf, type Dice } from './random.ts'

/** A person with a history: a contact of the corp, who also reads in the mini program. */
export interface Customer {
  personId: string
  externalUserId: string
  /** The identity that WeCom knows; a rep pushes to it. */
  contactIdentityId: string
  /** The identity that reads and reports. */
  visitorIdentityId: string
  /** Shares that a rep pushed to this contact. */
  shareIds: string[]
}

export interface Population {
  corpId: string
  /** The most active one first. */
  customers: readonly Customer[]
  /** Visitors without a link to any contact, who open links that were handed on. */
  strangers: readonly string[]
  /** The bench's own member, who is the first one and follows every contact. */
  member: string
  /**
   * Each contact has one of these as a second follower, so that many members can have streams open.
   */
  followers: readonly string[]
}

const day = 24 * 60 * 60_000
const months18 = 548 * day
const customerCount = 10_000
const strangerCount = 1_000
const materialCount = 200
const followerCount = 250

const appId = 'wx0000000000bench1'

interface Share {
  id: string
  materialId: string
  member: string
  /** The contact to whom it was pushed; null = a group. */
  target: Customer | null
}

/**
 * Makes people, materials and shares. The same seed gives the same ones, except for the times,
 * which end now.
 */
export async function populate(
  client: pg.ClientBase,
  {
    corpId,
    member,
    seed = 1,
    now = Date.now(),
  }: { corpId: string; member: string; seed?: number; now?: number },
): Promise<{ population: Population; history: History }> {
  const dice = makeDice(seed)
  const idAt = makeIds(dice)
  const began = now - months18
  const made = (index: number, of: number) => began - 30 * day + Math.floor((29 * day * index) / of)

  const followers = Array.from({ length: followerCount }, (_, index) => `bench-member-${index}`)
  await copy(client, 'members', ['corp_id', 'user_id', 'name', 'fetched_at'], function* () {
    for (const userId of followers) yield [corpId, userId, userId, iso(now)]
  })

  const materials = Array.from({ length: materialCount }, (_, index) =>
    idAt(made(index, materialCount)),
  )
  await copy(
    client,
    'materials',
    ['id', 'corp_id', 'kind', 'title', 'summary', 'body', 'created_at', 'updated_at'],
    function* () {
      for (const [index, id] of materials.entries()) {
        const at = iso(made(index, materialCount))
        yield [
          id,
          corpId,
          'article',
          `物料 ${index}`,
          '',
          JSON.stringify({ kind: 'article', html: '<p>…</p>' }),
          at,
          at,
        ]
      }
    },
  )

  const customers = Array.from({ length: customerCount }, (_, index): Customer => {
    const at = made(index, customerCount)
    return {
      personId: idAt(at),
      externalUserId: `wmBench${String(index).padStart(8, '0')}AAAAAAAA`,
      contactIdentityId: idAt(at),
      visitorIdentityId: idAt(at),
      shareIds: [],
    }
  })
  const strangers = Array.from({ length: strangerCount }, (_, index) => ({
    personId: idAt(made(index, 1000)),
    id: idAt(began),
  }))
  await copy(client, 'persons', ['id', 'corp_id', 'created_at'], function* () {
    for (const { personId } of [...customers, ...strangers]) yield [personId, corpId, iso(began)]
  })
  await copy(
    client,
    'identities',
    [
      'id',
      'corp_id',
      'person_id',
      'kind',
      'scope',
      'value',
      'joined_by',
      'joined_at',
      'created_at',
    ],
    function* () {
      const at = iso(began)
      for (const [index, one] of customers.entries()) {
        const of = [corpId, one.personId]
        yield [
          one.contactIdentityId,
          ...of,
          'external_userid',
          corpId,
          one.externalUserId,
          'first_seen',
          at,
          at,
        ]
        yield [
          one.visitorIdentityId,
          ...of,
          'openid',
          appId,
          `oBench${index}`,
          'unionid_conversion',
          at,
          at,
        ]
        if (index % 2 === 0)
          yield [idAt(began), ...of, 'unionid', '', `uBench${index}`, 'unionid', at, at]
      }
      for (const [index, { id, personId }] of strangers.entries())
        yield [id, corpId, personId, 'openid', appId, `oStranger${index}`, 'first_seen', at, at]
    },
  )
  await copy(
    client,
    'contacts',
    ['corp_id', 'external_userid', 'profile', 'follows', 'fetched_at'],
    function* () {
      const profile = {
        position: null,
        avatarUrl: null,
        corpName: null,
        kind: 'wechat',
        gender: 'unknown',
      }
      const follow = {
        remark: '',
        description: '',
        addedAt: iso(began),
        tags: [],
        remarkCorpName: null,
        phones: [],
        addWay: 1,
        state: null,
      }
      for (const [index, { externalUserId }] of customers.entries()) {
        const follows = [member, followers[index % followerCount]].map((userId) => ({
          ...follow,
          userId,
        }))
        // As if WeCom was asked tomorrow: nobody may ask the sandbox, which does not know them.
        yield [
          corpId,
          externalUserId,
          JSON.stringify({ ...profile, name: `客户 ${index}` }),
          JSON.stringify(follows),
          iso(now + day),
        ]
      }
    },
  )

  const shares: Share[] = []
  const push = (target: Customer | null, at: number) => {
    const share = { id: idAt(at), materialId: materials[materialZipf()] ?? '', member, target }
    target?.shareIds.push(share.id)
    shares.push(share)
  }
  const materialZipf = makeZipf(materialCount, dice)
  for (const customer of customers) for (let count = 0; count < 2; count++) push(customer, began)
  for (let index = 0; index < 2_000; index++) push(null, began)
  await copy(
    client,
    'shares',
    [
      'id',
      'corp_id',
      'material_id',
      'member_userid',
      'entry',
      'target_identity_id',
      'target_chat_id',
      'forwards',
      'state',
      'created_at',
    ],
    function* () {
      for (const { id, materialId, target } of shares) {
        const entry = target ? 'single_chat_tools' : 'group_chat_tools'
        const to = target?.contactIdentityId ?? null
        yield [
          id,
          corpId,
          materialId,
          member,
          entry,
          to,
          target ? null : 'wrBench0000000000',
          '0',
          'sent',
          iso(began),
        ]
      }
    },
  )
  await client.query('vacuum analyze persons, identities, contacts, members, materials, shares')
  const population = {
    corpId,
    customers,
    strangers: strangers.map(({ id }) => id),
    member,
    followers,
  }
  return {
    population,
    history: {
      population,
      shares: new Map(shares.map((share) => [share.id, share])),
      began,
      now,
      seed,
    },
  }
}

export interface History {
  population: Population
  shares: ReadonlyMap<string, Share>
  began: number
  now: number
  seed: number
}

const momentColumns = [
  'id',
  'corp_id',
  'identity_id',
  'target_identity_id',
  'member_userid',
  'kind',
  'occurred_at',
  'updated_at',
  'material_id',
  'share_id',
  'item',
  'active_seconds',
  'depth_unit',
  'depth_reached',
  'depth_total',
  'ended_at',
] as const

/**
 * Replaces the moments by a history of `count`, oldest first, in the order of real writing. The
 * triggers are off and the roll-ups stay empty, because this fills the timeline only. Indexes are
 * made afterwards. That takes a third of the time and leaves them as full as rebuilt ones.
 */
export async function loadMoments(
  client: pg.ClientBase,
  history: History,
  count: number,
): Promise<void> {
  const { rows: indexes } = await client.query<{ name: string; made: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made from pg_index
     where indrelid = 'moments'::regclass and not indisprimary`,
  )
  await client.query('truncate moments')
  for (const { name } of indexes) await client.query(`drop index ${name}`)
  await client.query('alter table moments disable trigger user')
  try {
    await copy(client, 'moments', momentColumns, () => visits(history, count))
  } finally {
    await client.query('alter table moments enable trigger user')
    await client.query("set maintenance_work_mem = '512MB'")
    for (const { made } of indexes) await client.query(made)
    await client.query('reset maintenance_work_mem')
  }
  await client.query('vacuum analyze moments')
}

const hour = 60 * 60_000

function* visits({ population, shares, began, now, seed }: History, count: number): Generator<Row> {
  const dice = makeDice(seed + count)
  const idAt = makeIds(dice)
  const personZipf = makeZipf(population.customers.length, dice)
  const groupShares = [...shares.values()].filter(({ target }) => target === null)
  // The live part of the bench writes later than this.
  const until = now - hour

  for (let index = 0; index < count; index++) {
    const at = Math.floor(began + ((until - began) * index) / count)
    const customer = population.customers[personZipf()]
    if (!customer) throw new Error('nobody was drawn')
    const share = shareOf(customer, { dice, population, shares, groupShares, personZipf })
    // One in twenty readers of a pushed link is unknown.
    const stranger = share.target !== null && dice.chance(0.05)
    const reader = stranger ? dice.pick(population.strangers) : customer.visitorIdentityId
    const kind = dice.unit()
    const isView = kind < 0.95
    const seconds = isView ? Math.floor(-Math.log(1 - dice.unit()) * 45 * 10) / 10 : 0
    const depth = isView && dice.chance(0.9) ? depthOf(dice) : [null, null, null]
    const ended = isView && dice.chance(0.9) ? iso(at + seconds * 1000) : null
    yield [
      idAt(at),
      population.corpId,
      reader,
      share.target?.contactIdentityId ?? null,
      share.member,
      isView ? 'material.view' : kind < 0.98 ? 'material.share' : 'menu.click',
      iso(at),
      ended ?? iso(at),
      share.materialId,
      share.id,
      kind < 0.98 ? null : dice.pick(['报修', '产品目录', '联系我们']),
      String(seconds),
      ...depth,
      ended,
    ]
  }
}

interface Drawing {
  dice: Dice
  population: Population
  shares: ReadonlyMap<string, Share>
  groupShares: readonly Share[]
  personZipf: () => number
}

/**
 * Returns the share of a view: mostly one that a rep pushed to the customer, sometimes one that was
 * pushed to somebody else and handed on, otherwise one from a group.
 */
function shareOf(
  customer: Customer,
  { dice, population, shares, groupShares, personZipf }: Drawing,
): Share {
  const way = dice.unit()
  if (way >= 0.5) return dice.pick(groupShares)
  const pushedTo = way < 0.4 ? customer : (population.customers[personZipf()] ?? customer)
  const share = shares.get(dice.pick(pushedTo.shareIds))
  if (!share) throw new Error('a share is missing')
  return share
}

function depthOf(dice: Dice): string[] {
  const way = dice.unit()
  if (way < 0.7) return ['percent', String(dice.below(101)), '100']
  const total = 5 + dice.below(60)
  return [way < 0.9 ? 'page' : 'second', String(dice.below(total + 1)), String(total)]
}

type Row = readonly (string | null)[]

/**
 * Writes rows by COPY, a few hundred at a time. One by one, the stream costs more than the rows.
 */
export async function copy(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  rows: () => Iterable<Row>,
): Promise<void> {
  const into = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`))
  await pipeline(Readable.from(chunks(rows())), into)
}

function* chunks(rows: Iterable<Row>): Generator<string> {
  let text = ''
  for (const row of rows) {
    text += copyLine(row)
    if (text.length > 65_536) {
      yield text
      text = ''
    }
  }
  if (text) yield text
}

export function copyLine(row: Row): string {
  return `${row.map((value) => (value === null ? '\\N' : /[\\\t\n\r]/.test(value) ? escaped(value) : value)).join('\t')}\n`
}

function escaped(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
}

export function iso(at: number): string {
  return new Date(at).toISOString()
}
