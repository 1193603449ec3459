import { ConnectionError } from '../../shared/client/failures.ts'
import type { Transport, TransportRequest } from '../../shared/client/transport.ts'
import type { Contact } from '../../shared/contract/contacts.ts'
import type { ErrorCode } from '../../shared/contract/errors.ts'
import { errors } from '../../shared/contract/errors.ts'
import type { Material, MaterialSummary } from '../../shared/contract/materials.ts'
import type { MemberSession } from '../../shared/contract/session.ts'
import type { Merge, Question } from '../../shared/contract/identity.ts'
import type { Reply } from '../../shared/contract/endpoint.ts'
import type { forwardTree, Statistics } from '../../shared/contract/statistics.ts'
import type { Moment } from '../../shared/contract/timeline.ts'
import type { Workorder } from '../../shared/contract/workorders.ts'

/**
 * What the server of a test knows; tests change it as they like. Answers are made from it, nothing
 * is recorded beforehand.
 */
export interface World {
  session: MemberSession | null
  contact: Contact
  moments: Moment[]
  materials: Material[]
  workorders: Workorder[]
  questions: Question[]
  merges: Merge[]
  statistics: Statistics
  forwards: Reply<typeof forwardTree>
  shares: {
    id: string
    materialId: string
    state: string
    reason?: string | undefined
    key: string
    to: unknown
  }[]
  /** The next calls to a path that starts so fail with this. */
  failing: Map<string, ErrorCode | 'network'>
  asked: TransportRequest[]
}

export function id(number: number): string {
  return `01930000-0000-7000-8000-${String(number).padStart(12, '0')}`
}

export const today = '2026-11-21T08:00:00.000Z'

export function aMoment(number: number, part: Partial<Moment> = {}): Moment {
  return {
    id: id(9000 - number),
    kind: 'material.view',
    occurredAt: new Date(Date.parse(today) - number * 60_000).toISOString(),
    updatedAt: today,
    revision: 1,
    confirmed: true,
    identity: { id: id(1), kind: 'openid', label: 'oX3…9fa' },
    material: { id: id(500), kind: 'article', title: '折弯机保养指南', coverUrl: null },
    share: {
      id: id(600),
      memberUserId: 'zhang',
      memberName: '张敏',
      contactName: '林悦',
      forwards: 0,
    },
    view: {
      activeSeconds: 102,
      depth: { unit: 'percent', reached: 85, total: 100 },
      ongoing: false,
    },
    workorder: null,
    item: null,
    ...part,
  }
}

export function aMaterial(number: number, part: Partial<Material> = {}): Material {
  return {
    id: id(500 + number),
    kind: 'article',
    title: `物料 ${number}`,
    summary: '一句话摘要',
    cover: null,
    categoryId: id(900),
    updatedAt: today,
    body: { kind: 'article', html: '<p>正文</p>' },
    ...part,
  }
}

export function aWorld(): World {
  return {
    session: {
      kind: 'member',
      corp: { id: 'ww1', agentId: '1000002' },
      member: { userId: 'zhang', name: '张弛', avatarUrl: null },
      licence: 'not_required',
    },
    contact: {
      externalUserId: 'wmLinYue',
      personId: id(10),
      name: '林悦',
      avatarUrl: null,
      kind: 'wechat',
      corpName: null,
      position: null,
      gender: 'female',
      follow: {
        remark: '恒锐 · 林悦',
        description: '',
        tags: [{ name: '高意向', group: '意向', kind: 'corp' }],
        addedAt: '2026-03-12T02:00:00.000Z',
        addWay: 1,
        state: null,
        phones: [],
      },
      followers: [],
      identities: [
        {
          id: id(1),
          kind: 'openid',
          scope: '小程序',
          label: 'oX3…9fa',
          joinedBy: 'unionid_conversion',
          joinedAt: '2026-11-20T02:00:00.000Z',
        },
      ],
      fetchedAt: today,
      stale: false,
    },
    moments: [],
    materials: [],
    workorders: [],
    questions: [],
    merges: [],
    statistics: {
      opens: 0,
      people: 0,
      forwards: 0,
      medianSeconds: null,
      depth: Array<number>(11).fill(0),
    },
    forwards: { items: [], complete: true, rootId: id(600) },
    shares: [],
    failing: new Map(),
    asked: [],
  }
}

interface Answer {
  status: number
  body: unknown
}

const ok = (body: unknown): Answer => ({ status: 200, body })
const problem = (code: ErrorCode): Answer => ({
  status: errors[code].status,
  body: {
    type: 'about:blank',
    title: errors[code].title,
    status: errors[code].status,
    code,
    detail: errors[code].title,
    requestId: 'req-1',
  },
})
const summaryOf = ({ body: _, ...summary }: Material): MaterialSummary => summary

/** Our server as far as the sidebar sees it. */
export function serverOf(world: World): Transport {
  return (request) => {
    world.asked.push(request)
    const path = request.path.split('?')[0] ?? ''
    for (const [start, failure] of world.failing) {
      if (!path.startsWith(start)) continue
      return failure === 'network'
        ? Promise.reject(new ConnectionError('network', 'cut'))
        : Promise.resolve(problem(failure))
    }
    return Promise.resolve(
      world.session ? answer(world, request, path) : problem('unauthenticated'),
    )
  }
}

function answer(world: World, request: TransportRequest, path: string): Answer {
  const query = new URLSearchParams(request.path.split('?')[1] ?? '')
  const last = path.split('/').at(-1)
  if (path === '/api/session') return ok(world.session)
  if (path === '/api/wecom/signature')
    return ok({
      corpId: 'ww1',
      agentId: '1000002',
      timestamp: 1,
      nonceStr: 'n',
      signature: 's',
      url: (query.get('url') ?? '').split('#')[0],
    })
  if (path.startsWith('/api/contacts/')) return ok(world.contact)
  if (path === '/api/track')
    return ok({ accepted: (request.body as { events: unknown[] }).events.length, refused: [] })
  if (path.endsWith('/questions')) return ok({ items: world.questions, next: null })
  if (path.endsWith('/answer')) return answered(world, path.split('/').at(-2) ?? '', request.body)
  if (path.endsWith('/merges')) return ok({ items: world.merges, next: null })
  if (path.endsWith('/undo')) return undone(world, path.split('/').at(-2) ?? '')
  if (path.endsWith('/statistics')) return ok(world.statistics)
  if (path.endsWith('/forwards'))
    return ok(
      path.includes(world.forwards.rootId)
        ? world.forwards
        : branchOf(world.forwards, path.split('/').at(-2) ?? ''),
    )
  if (path.endsWith('/moments')) return ok(momentsPage(world, query))
  if (path === '/api/workorders') return ok({ items: world.workorders, next: null })
  if (path.startsWith('/api/workorders/'))
    return found(
      world.workorders.find((order) => order.id === last),
      'workorder_unknown',
    )
  if (path === '/api/materials/categories')
    return ok({ items: [{ id: id(900), name: '保养指南', count: world.materials.length }] })
  if (path === '/api/materials') return ok(materialsPage(world, query))
  if (path.startsWith('/api/materials/'))
    return found(
      world.materials.find((material) => material.id === last),
      'material_unknown',
    )
  if (path === '/api/shares' && request.method === 'POST') return ok(share(world, request))
  if (path === '/api/shares')
    return ok({
      items: world.shares.map((made) => ({
        ...shareOf(made),
        title: '',
        kind: 'article',
        opened: false,
      })),
      next: null,
    })
  if (path.endsWith('/state')) return settle(world, path.split('/').at(-2) ?? '', request.body)
  return problem('not_found')
}

/** The same, told from one of its links on. */
function branchOf(
  { items, complete, rootId }: World['forwards'],
  shareId: string,
): World['forwards'] {
  const below = new Set([shareId])
  for (const { shareId: each, parentId } of items)
    if (parentId !== null && below.has(parentId)) below.add(each)
  const own = items.filter((item) => below.has(item.shareId))
  return {
    items: own.map((item) => (item.shareId === shareId ? { ...item, parentId: null } : item)),
    complete,
    rootId,
  }
}

function found(item: unknown, code: ErrorCode): Answer {
  return item ? ok(item) : problem(code)
}

function momentsPage(world: World, query: URLSearchParams) {
  const kinds = query.get('kind')?.split(',')
  const [material, member, from, to] = ['material', 'member', 'from', 'to'].map((name) =>
    query.get(name),
  )
  const all = world.moments.filter(
    (moment) =>
      (!kinds || kinds.includes(moment.kind)) &&
      (!material || moment.material?.id === material) &&
      (!member || moment.share?.memberUserId === member) &&
      (!from || moment.occurredAt >= from) &&
      (!to || moment.occurredAt < to),
  )
  const start = Number(query.get('before') ?? 0)
  const end = start + Number(query.get('limit'))
  return {
    items: all.slice(start, end),
    next: end < all.length ? String(end) : null,
    liveFrom: 'from-page',
  }
}

function materialsPage(world: World, query: URLSearchParams) {
  const items = world.materials.filter(
    (material) =>
      material.title.includes(query.get('q') ?? '') &&
      (query.get('kind') ?? material.kind) === material.kind,
  )
  return { items: items.map(summaryOf), next: null }
}

function share(world: World, request: TransportRequest) {
  const key = request.headers['Idempotency-Key'] ?? ''
  const { materialId, to } = request.body as { materialId: string; to: unknown }
  let made = world.shares.find((known) => known.key === key)
  if (!made)
    world.shares.unshift(
      (made = { id: id(3000 + world.shares.length), materialId, state: 'created', key, to }),
    )
  const miniprogram = {
    appid: 'wx0123456789',
    title: '物料',
    imgUrl: 'https://crm.test/a.png',
    page: `pages/material/index.html?share=${made.id}`,
  }
  return { share: shareOf(made), message: { msgtype: 'miniprogram', miniprogram } }
}

function shareOf({ id: itself, materialId, state }: World['shares'][number]) {
  return { id: itself, materialId, parentId: null, state, createdAt: today }
}

function answered(world: World, questionId: string, body: unknown): Answer {
  const question = world.questions.find(({ id: known }) => known === questionId)
  if (!question) return problem('question_unknown')
  world.questions = world.questions.filter((one) => one !== question)
  return ok({ ...question, state: (body as { answer: string }).answer, answeredAt: today })
}

function undone(world: World, mergeId: string): Answer {
  world.merges = world.merges.map((merge) =>
    merge.id === mergeId ? { ...merge, undoneAt: today } : merge,
  )
  return found(
    world.merges.find(({ id: known }) => known === mergeId),
    'merge_unknown',
  )
}

function settle(world: World, shareId: string, body: unknown): Answer {
  const made = world.shares.find((known) => known.id === shareId)
  if (!made) return problem('share_unknown')
  Object.assign(made, body)
  return ok(shareOf(made))
}
