import { ConnectionError } from '../../shared/client/failures.ts'
import type { Transport, TransportRequest } from '../../shared/client/transport.ts'
import { getCard, putCard } from '../../shared/contract/cards.ts'
import { type Contact, getContact } from '../../shared/contract/contacts.ts'
import type { HandlerInput, Reply } from '../../shared/contract/endpoint.ts'
import type { ErrorCode } from '../../shared/contract/errors.ts'
import {
  answerQuestion,
  listMerges,
  listQuestions,
  type Merge,
  type Question,
  undoMerge,
} from '../../shared/contract/identity.ts'
import {
  createShare,
  getMaterial,
  listCategories,
  listMaterials,
  listShares,
  type Material,
  type MaterialEffect,
  type RepCard,
  settleShare,
  type Share,
} from '../../shared/contract/materials.ts'
import {
  endSession,
  getSession,
  type MemberSession,
  signUrl,
} from '../../shared/contract/session.ts'
import {
  forwardTree,
  materialStatistics,
  shareStatistics,
  type Statistics,
} from '../../shared/contract/statistics.ts'
import { listMoments, type Moment } from '../../shared/contract/timeline.ts'
import { track } from '../../shared/contract/track.ts'
import { getWorkorder, listWorkorders, type Workorder } from '../../shared/contract/workorders.ts'
import { ContractServer, Lost, Refusal } from '../../shared/testing/contract-server.ts'

/** The knowledge of a test's server. Tests change it freely, and answers are computed from it. */
export interface World {
  session: MemberSession | null
  contact: Contact
  moments: Moment[]
  materials: (Material & { effect?: MaterialEffect })[]
  workorders: Workorder[]
  questions: Question[]
  merges: Merge[]
  statistics: Statistics
  forwards: Reply<typeof forwardTree>
  card: RepCard
  shares: (Share & { to: unknown; reason?: string | undefined })[]
  /** Calls to a path with this beginning fail with this code. */
  failing: Map<string, ErrorCode | 'network'>
  asked: TransportRequest[]
}

export function id(number: number): string {
  return `01930000-0000-7000-8000-${String(number).padStart(12, '0')}`
}

export const today = '2026-11-21T08:00:00.000Z'

export const aShare = {
  id: id(600),
  memberUserId: 'zhang',
  memberName: '张敏',
  contactName: '林悦',
  forwards: 0,
}

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
    // Each under a push of its own, so that the timeline folds none of them.
    share: { ...aShare, id: id(600 + number) },
    view: {
      activeSeconds: 102,
      depth: { unit: 'percent', reached: 85, total: 100 },
      ongoing: false,
    },
    push: null,
    workorder: null,
    item: null,
    ...part,
  }
}

export function aWorkorder(part: Partial<Workorder> = {}): Workorder {
  return {
    id: id(700),
    number: 'WO-20261121-0001',
    type: 'repair',
    status: 'submitted',
    place: '苏州',
    description: '急停后无法复位',
    createdAt: '2026-11-21T07:00:00.000Z',
    contactName: '林悦',
    contactPhone: '13812345678',
    photos: [],
    preferredAt: null,
    equipment: null,
    location: {
      source: 'typed',
      name: '',
      address: '星湖街 328 号',
      latitude: null,
      longitude: null,
      accuracy: null,
    },
    history: [{ status: 'submitted', at: '2026-11-21T07:00:00.000Z', by: 'visitor', note: '' }],
    canCancel: false,
    ...part,
  }
}

export const unread: MaterialEffect = { opens: 0, people: 0, finished: null, best: [] }

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
      onlyReader: null,
    },
    forwards: { items: [], complete: true, rootId: id(600) },
    card: { name: '张弛', title: '销售经理', avatarUrl: null, phone: null, addCodeUrl: null },
    shares: [],
    failing: new Map(),
    asked: [],
  }
}

/** Plays our server for the sidebar. */
export function serverOf(world: World): Transport {
  const server = contractServerOf(world)
  return async (request) => {
    world.asked.push(request)
    const [path = '', search = ''] = request.path.split('?')
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    )
    const query = Object.fromEntries(new URLSearchParams(search))
    try {
      return server.answer({ ...request, path, query, headers })
    } catch (failure) {
      if (failure instanceof Lost) throw new ConnectionError('network', failure.message)
      // The app would show a failure and go on, but the test must fail.
      queueMicrotask(() => {
        throw failure
      })
      throw failure
    }
  }
}

function contractServerOf(world: World): ContractServer {
  const admitted = () => {
    if (!world.session) throw new Refusal('unauthenticated')
    return world.session
  }
  return new ContractServer({ failing: world.failing, admit: admitted })
    .on(getSession, admitted)
    .on(endSession, () => {
      admitted()
      world.session = null
      return undefined
    })
    .on(signUrl, ({ query }) => ({
      corpId: 'ww1',
      agentId: '1000002',
      timestamp: 1,
      nonceStr: 'n',
      signature: 's',
      url: query.url.replace(/#.*/, ''),
    }))
    .on(track, ({ body }) => ({ accepted: body.events.length, refused: [] }))
    .on(getContact, () => world.contact)
    .on(getCard, () => world.card)
    .on(putCard, ({ body: { phone, addable } }) => {
      world.card = { ...world.card, phone, addCodeUrl: addable ? 'https://crm.test/c.png' : null }
      return world.card
    })
    .on(listQuestions, () => ({ items: world.questions, next: null }))
    .on(answerQuestion, ({ params, body }) => {
      const question = found(world.questions, params.id, 'question_unknown')
      world.questions = world.questions.filter((one) => one !== question)
      return { ...question, state: body.answer, answeredAt: today }
    })
    .on(listMerges, () => ({ items: world.merges, next: null }))
    .on(undoMerge, ({ params }) => {
      const undone = { ...found(world.merges, params.id, 'merge_unknown'), undoneAt: today }
      world.merges = world.merges.map((merge) => (merge.id === undone.id ? undone : merge))
      return undone
    })
    .on(materialStatistics, () => world.statistics)
    .on(shareStatistics, () => world.statistics)
    .on(forwardTree, ({ params }) =>
      params.id === world.forwards.rootId ? world.forwards : branchOf(world.forwards, params.id),
    )
    .on(listMoments, ({ query }) => momentsPage(world.moments, query))
    .on(listWorkorders, () => ({ items: world.workorders, next: null }))
    .on(getWorkorder, ({ params }) => found(world.workorders, params.id, 'workorder_unknown'))
    .on(listCategories, () => ({
      items: [{ id: id(900), name: '保养指南', count: world.materials.length }],
    }))
    .on(listMaterials, ({ query: { q = '', kind } }) => ({
      items: world.materials
        .filter(
          (material) => material.title.includes(q) && (kind ?? material.kind) === material.kind,
        )
        .map((material) => ({ effect: unread, ...material })),
      next: null,
    }))
    .on(getMaterial, ({ params }) => found(world.materials, params.id, 'material_unknown'))
    .on(createShare, ({ body }) => share(world, body.materialId, body.to))
    .on(listShares, () => ({
      items: world.shares.map((made) => ({
        ...made,
        title: '',
        kind: 'article' as const,
        opened: false,
      })),
      next: null,
    }))
    .on(settleShare, ({ params, body }) =>
      Object.assign(found(world.shares, params.id, 'share_unknown'), body),
    )
}

function found<T extends { id: string }>(list: readonly T[], wanted: string, code: ErrorCode): T {
  const item = list.find((one) => one.id === wanted)
  if (!item) throw new Refusal(code)
  return item
}

/** The same tree, seen from one of its links. */
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

function momentsPage(
  moments: readonly Moment[],
  query: HandlerInput<typeof listMoments>['query'],
): Reply<typeof listMoments> {
  const { kind, material, member, from, to } = query
  const all = moments.filter(
    (moment) =>
      (!kind || kind.includes(moment.kind)) &&
      (!material || moment.material?.id === material) &&
      (!member || moment.share?.memberUserId === member) &&
      (!from || moment.occurredAt >= from) &&
      (!to || moment.occurredAt < to),
  )
  const start = Number(query.before ?? 0)
  const end = start + query.limit
  return {
    items: all.slice(start, end),
    next: end < all.length ? String(end) : null,
    liveFrom: 'from-page',
  }
}

function share(world: World, materialId: string, to: unknown): Reply<typeof createShare> {
  const made = {
    id: id(3000 + world.shares.length),
    materialId,
    parentId: null,
    state: 'created' as const,
    createdAt: today,
  }
  world.shares.unshift({ ...made, to })
  return {
    share: made,
    message: {
      msgtype: 'miniprogram',
      miniprogram: {
        appid: 'wx0123456789',
        title: '物料',
        imgUrl: 'https://crm.test/a.png',
        page: `pages/material/index.html?share=${made.id}`,
      },
    },
  }
}
