import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forwardShare } from '../../../shared/contract/materials.ts'
import {
  forwardTree,
  materialStatistics,
  shareStatistics,
} from '../../../shared/contract/statistics.ts'
import { track } from '../../../shared/contract/track.ts'
import { visitorSeen } from '../../identity/index.ts'
import {
  makeContact,
  makeMaterial,
  makeShare,
  makeVisitor,
  openedBy,
  type TestVisitor,
} from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { rebuildRollups, rollUpNow } from './roll-up.ts'

let app: TestApp
let readers: TestVisitor[]

beforeAll(async () => {
  app = await makeTestApp()
  readers = await Promise.all(Array.from({ length: 4 }, () => makeVisitor(app)))
})
afterAll(() => app.stop())

interface Report {
  reader: number
  share: number
  visit: number
  seconds: number
  reached: number
}

function readerOf(index: number): TestVisitor {
  const reader = readers[index]
  if (!reader) throw new Error(`there is no reader ${index}`)
  return reader
}

/** Visits belong to a reader: the same number of two readers means two visits. */
function visitOf(
  visits: Map<string, string>,
  { reader, share, visit }: Report,
  shareId: string,
): string {
  const key = `${reader}/${share}/${visit}`
  const known = visits.get(key) ?? openedBy(app, readerOf(reader), shareId).visitId
  visits.set(key, known)
  return known
}

async function send(
  reports: readonly (Report & { visitId: string; shareId: string })[],
): Promise<void> {
  for (const { reader, visitId, shareId, seconds, reached } of reports) {
    const occurredAt = app.clock.now().toISOString()
    const depth = { unit: 'percent', reached, total: 100 }
    const event = {
      id: app.ctx.random.id(),
      kind: 'view.progress',
      occurredAt,
      visitId,
      shareId,
      activeSeconds: seconds,
      depth,
    }
    const reply = await app.call(
      track,
      { body: { sentAt: occurredAt, events: [event] } },
      readers[reader]?.as,
    )
    expect(reply.refused).toEqual([])
  }
}

const report = fc.record<Report>({
  reader: fc.nat({ max: 3 }),
  share: fc.nat({ max: 1 }),
  visit: fc.nat({ max: 2 }),
  seconds: fc.nat({ max: 600 }),
  reached: fc.nat({ max: 100 }),
})

/** Opens a share and reads it for a moment. */
async function read(reader: TestVisitor, shareId: string): Promise<void> {
  readers.push(reader)
  const one = { reader: readers.length - 1, share: 0, visit: 0, seconds: 4, reached: 10 }
  await send([{ ...one, visitId: openedBy(app, reader, shareId).visitId, shareId }])
}

const member = () => app.member('ZhouXiaolan')
const ofMaterial = (id: string) => app.call(materialStatistics, { params: { id } }, member())
const ofShare = (id: string) => app.call(shareStatistics, { params: { id } }, member())

describe('the statistics of a material and of its shares', () => {
  test('say what its moments say, whatever was reported in whatever order, folded or not, and when they are made anew', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(report, { minLength: 1, maxLength: 14 }),
        fc.nat(),
        async (reports, foldAfter) => {
          const materialId = await makeMaterial(app)
          const shares = [
            await makeShare(app, { materialId }),
            await makeShare(app, { materialId }),
          ]
          const visits = new Map<string, string>()
          const sent = reports.map((one) => ({
            ...one,
            visitId: visitOf(visits, one, shares[one.share] ?? ''),
            shareId: shares[one.share] ?? '',
          }))
          const half = foldAfter % (sent.length + 1)
          await send(sent.slice(0, half))
          await rollUpNow(app.ctx)
          await send(sent.slice(half))

          const wanted = (of: typeof sent) => {
            const each = [...new Set(of.map(({ visitId }) => visitId))].map((visitId) => {
              const own = of.filter((one) => one.visitId === visitId)
              return {
                seconds: Math.max(...own.map(({ seconds }) => seconds)),
                reached: Math.max(...own.map(({ reached }) => reached)),
              }
            })
            const depth = Array.from(
              { length: 11 },
              (_, bucket) =>
                each.filter(({ reached }) => Math.floor(reached / 10) === bucket).length,
            )
            return {
              opens: each.length,
              people: new Set(of.map(({ reader }) => reader)).size,
              forwards: 0,
              depth,
            }
          }
          const holds = async () => {
            expect(await ofMaterial(materialId)).toMatchObject(wanted(sent))
            for (const [index, id] of shares.entries())
              expect(await ofShare(id)).toMatchObject(
                wanted(sent.filter(({ share }) => share === index)),
              )
          }
          await holds()
          await rollUpNow(app.ctx)
          await holds()
          await rebuildRollups(app.ctx)
          await holds()
        },
      ),
      { numRuns: 12 },
    )
    // Twelve runs take three seconds alone, and seven times as long on a busy machine.
  }, 60_000)

  test('give the median reading time within a few per cent', async () => {
    const materialId = await makeMaterial(app)
    const shareId = await makeShare(app, { materialId })
    for (const [visit, seconds] of [2, 30, 95, 100, 400].entries()) {
      await send([
        {
          reader: 0,
          share: 0,
          visit,
          seconds,
          reached: 0,
          visitId: openedBy(app, readerOf(0), shareId).visitId,
          shareId,
        },
      ])
    }
    const { medianSeconds } = await ofMaterial(materialId)
    expect(Math.abs((medianSeconds ?? 0) - 95)).toBeLessThan(95 * 0.06)
    expect((await ofMaterial(await makeMaterial(app))).medianSeconds).toBeNull()
  })

  test('count two identities that turn out to be one person as one', async () => {
    const unionid = `oUnionStatistics${app.ctx.random.token(6)}`
    const [one, other] = [await makeVisitor(app, { unionid }), await makeVisitor(app)]
    readers.push(one, other)
    const shareId = await makeShare(app)
    for (const reader of [readers.length - 2, readers.length - 1])
      await send([
        {
          reader,
          share: 0,
          visit: 0,
          seconds: 5,
          reached: 0,
          visitId: app.ctx.random.id(),
          shareId,
        },
      ])
    expect(await ofShare(shareId)).toMatchObject({ opens: 2, people: 2 })
    await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId: 'wx5e1f8c27d90b643a',
      openid: other.openid,
      unionid,
    })
    expect(await ofShare(shareId)).toMatchObject({ opens: 2, people: 1 })
  })

  test('are the corp’s own, and those of a share only the business of who pushed it', async () => {
    const foreign = await makeMaterial(app, { corpId: 'wwother00000' })
    await expect(ofMaterial(foreign)).rejects.toMatchObject({
      code: 'material_unknown',
      status: 404,
    })
    const theirs = await makeShare(app, { memberUserId: 'HanXue' })
    await expect(ofShare(theirs)).rejects.toMatchObject({ code: 'share_unknown', status: 404 })
    await expect(app.call(forwardTree, { params: { id: theirs } }, member())).rejects.toMatchObject(
      { code: 'share_unknown' },
    )
    await expect(
      app.call(materialStatistics, { params: { id: foreign } }, readers[0]?.as),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('the tree of forwards', () => {
  test('names who handed it on when it is a known contact, and counts the readers of each branch', async () => {
    const unionid = `oUnionTree${app.ctx.random.token(8)}`
    const contact = await makeContact(app, { name: '林悦', unionid })
    const reader = await makeVisitor(app, { unionid })
    const friend = await makeVisitor(app)
    const share = await makeShare(app, { to: contact })
    const child = openedBy(app, reader, share).forwardId
    const grandchild = openedBy(app, friend, child).forwardId
    await app.call(forwardShare, { params: { id: share }, body: { id: child } }, reader.as)
    await app.call(forwardShare, { params: { id: child }, body: { id: grandchild } }, friend.as)
    readers.push(friend)
    await send([
      {
        reader: readers.length - 1,
        share: 0,
        visit: 0,
        seconds: 4,
        reached: 0,
        visitId: app.ctx.random.id(),
        shareId: child,
      },
    ])
    const tree = await app.call(forwardTree, { params: { id: share } }, member())
    expect(tree).toMatchObject({
      complete: true,
      items: [
        { shareId: share, parentId: null, forwards: 0, by: null, opens: 0 },
        { shareId: child, parentId: share, forwards: 1, by: '林悦', opens: 1, people: 1 },
      ],
    })
    expect(tree.items).toHaveLength(2)
    expect(tree.rootId).toBe(share)
    // The friend’s own forward stands there once somebody else has opened it.
    await read(await makeVisitor(app), grandchild)
    const opened = await app.call(forwardTree, { params: { id: share } }, member())
    expect(opened.items[2]).toMatchObject({
      shareId: grandchild,
      parentId: child,
      forwards: 2,
      opens: 1,
    })
    expect(opened.items[2]?.by).not.toContain(friend.openid)
  })

  test('counts a forward once somebody else has opened it: not by the forwarder on either device, and once for two friends', async () => {
    const unionid = `oUnionForward${app.ctx.random.token(8)}`
    const materialId = await makeMaterial(app)
    const [share, other] = [
      await makeShare(app, { materialId }),
      await makeShare(app, { materialId }),
    ]
    const phone = await makeVisitor(app, { unionid })
    const web = await makeVisitor(app, { unionid })
    expect(web.personId).toBe(phone.personId)
    const [sent, cancelled] = [openedBy(app, phone, share), openedBy(app, phone, share)]
    for (const { forwardId: id } of [sent, cancelled])
      await app.call(forwardShare, { params: { id: share }, body: { id } }, phone.as)
    const forwards = async () => {
      const counts = [await ofShare(share), await ofMaterial(materialId), await ofShare(other)]
      return counts.map((one) => one.forwards)
    }
    await read(phone, sent.forwardId)
    await read(web, sent.forwardId)
    expect(await forwards()).toEqual([0, 0, 0])
    await read(await makeVisitor(app), sent.forwardId)
    expect(await forwards()).toEqual([1, 1, 0])
    await read(await makeVisitor(app), sent.forwardId)
    await rollUpNow(app.ctx)
    expect(await forwards()).toEqual([1, 1, 0])
    await rebuildRollups(app.ctx)
    expect(await forwards()).toEqual([1, 1, 0])
    const { items } = await app.call(forwardTree, { params: { id: share } }, member())
    expect(items.map(({ shareId }) => shareId)).toEqual([share, sent.forwardId])
  })

  test('of a link that was handed on begins with that link, and says from which push it comes', async () => {
    const [first, second] = [await makeVisitor(app), await makeVisitor(app)]
    const share = await makeShare(app)
    const child = openedBy(app, first, share).forwardId
    const grandchild = openedBy(app, second, child).forwardId
    await app.call(forwardShare, { params: { id: share }, body: { id: child } }, first.as)
    await app.call(forwardShare, { params: { id: child }, body: { id: grandchild } }, second.as)
    const { items, rootId } = await app.call(forwardTree, { params: { id: grandchild } }, member())
    expect(items.map(({ shareId, parentId }) => ({ shareId, parentId }))).toEqual([
      { shareId: grandchild, parentId: null },
    ])
    expect(rootId).toBe(share)
  })
})
