import { openShare, forwardShare, type Material } from '../../shared/contract/materials.ts'
import {
  cancelWorkorder,
  findEquipment,
  getWorkorder,
  listWorkorders,
  submitWorkorder,
  type Workorder,
  type WorkorderDraft,
} from '../../shared/contract/workorders.ts'
import { uploadPhoto } from '../../shared/contract/files.ts'
import { Refusal } from '../../shared/testing/contract-server.ts'
import { VisitorServer } from './visitor-server.ts'

export const shareId = '01934a5b-1c2d-7e3f-8a4b-5c6d7e8f9a0b'
/** What the server issues with the share. */
export const visitIds = [
  '01934a5b-1c2d-8001-8a4b-5c6d7e8f9a01',
  '01934a5b-1c2d-8002-8a4b-5c6d7e8f9a02',
]
export const forwardIds = [
  '01934a5b-1c2d-8003-8a4b-5c6d7e8f9a03',
  '01934a5b-1c2d-8004-8a4b-5c6d7e8f9a04',
]
const materialId = '01934a5b-0000-7000-8000-00000000000a'
const at = '2026-11-20T08:00:00.000Z'

const bodies: { [K in Material['kind']]: Extract<Material['body'], { kind: K }> } = {
  article: {
    kind: 'article',
    html: '<h2>选型</h2><p>按负载与工作制选择。</p><img src="/files/a.png" alt="曲线">',
  },
  file: {
    kind: 'file',
    name: '产品手册.pdf',
    bytes: 2_400_000,
    downloadUrl: '/files/manual.pdf',
    pages: Array.from({ length: 12 }, (_, index) => ({
      url: `/files/page-${index + 1}.png`,
      width: 1000,
      height: 1414,
    })),
  },
  image: { kind: 'image', image: { url: '/files/poster.png', width: 750, height: 1334 } },
  video: { kind: 'video', videoUrl: '/files/demo.mp4', seconds: 96, poster: null },
  link: { kind: 'link', url: 'https://example.com/news', host: 'example.com' },
}

const rep = {
  name: '王敏',
  title: '销售工程师',
  avatarUrl: null,
  phone: '0512-6288 1234',
  addCodeUrl: 'https://wework.qpic.cn/code.png',
}

/** A share of a material, and work orders, kept in memory. */
export function makeScene(kind: Material['kind'] = 'article') {
  const server = new VisitorServer()
  const orders: Workorder[] = []
  const forwards: { parent: string; child: string }[] = []
  const scene = { server, orders, forwards, withdrawn: false }

  server
    .on(openShare, ({ params }) => {
      const child = forwards.find((forward) => forward.child === params.id)
      if (params.id !== shareId && !child) throw new Refusal('share_unknown')
      const known = scene.withdrawn ? null : rep
      return {
        share: {
          id: params.id,
          forwards: child ? 1 : 0,
          memberName: known?.name ?? null,
          rep: known,
        },
        issued: { visitIds, forwardIds },
        material: {
          id: materialId,
          kind,
          title: '减速机选型指南',
          summary: '三步选对型号',
          cover: null,
          categoryId: null,
          updatedAt: at,
          body: bodies[kind],
        },
      }
    })
    .on(forwardShare, ({ params, body }) => {
      if (!forwards.some((forward) => forward.child === body.id))
        forwards.push({ parent: params.id, child: body.id })
      return { id: body.id, materialId, parentId: params.id, state: 'sent' as const, createdAt: at }
    })
    .on(submitWorkorder, ({ body }) => {
      const order = makeOrder(body, orders.length + 1)
      orders.unshift(order)
      return order
    })
    .on(listWorkorders, () => ({ items: orders, next: null }))
    .on(getWorkorder, ({ params }) => find(params.id))
    .on(cancelWorkorder, ({ params, body }) => {
      const order = find(params.id)
      order.status = 'cancelled'
      order.canCancel = false
      order.history.push({ status: 'cancelled', at, by: 'visitor', note: body.reason })
      return order
    })
    .on(findEquipment, ({ query }) => {
      if (query.sn !== 'QM-001') throw new Refusal('equipment_unknown')
      return { id: materialId, sn: query.sn, model: 'QM 减速机 R47', place: '一车间' }
    })
    .on(uploadPhoto, () => ({
      id: '01934a5b-0000-7000-8000-0000000000f1',
      url: '/files/photo.jpg',
      width: 800,
      height: 600,
      bytes: 90_000,
    }))

  function find(id: string): Workorder {
    const order = orders.find((one) => one.id === id)
    if (!order) throw new Refusal('workorder_unknown')
    return order
  }

  return scene
}

function makeOrder(draft: WorkorderDraft, n: number): Workorder {
  const { location } = draft
  const measured = location.source !== 'typed'
  return {
    id: `01934a5b-0000-7000-8000-0000000001${String(n).padStart(2, '0')}`,
    number: `WO-20261121-000${n}`,
    type: draft.type,
    status: 'submitted',
    description: draft.description,
    place: location.name || location.address || null,
    createdAt: at,
    contactName: draft.contactName,
    contactPhone: draft.contactPhone,
    photos: draft.photoIds.map(() => ({ url: '/files/photo.jpg', width: 800, height: 600 })),
    preferredAt: draft.preferredAt,
    equipment:
      draft.equipmentSn === null
        ? null
        : { id: null, sn: draft.equipmentSn, model: null, place: null, verified: false },
    location: {
      source: location.source,
      name: location.name,
      address: location.address,
      latitude: measured ? location.latitude : null,
      longitude: measured ? location.longitude : null,
      accuracy: null,
    },
    history: [{ status: 'submitted', at, by: 'visitor', note: '' }],
    canCancel: true,
  }
}
