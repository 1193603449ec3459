import { afterAll, beforeAll, expect, test } from 'vitest'
import { forwardShare } from '../../../shared/contract/materials.ts'
import { chooseTracking, privacyTextVersion } from '../../../shared/contract/privacy.ts'
import { forwardTree } from '../../../shared/contract/statistics.ts'
import { listMoments } from '../../../shared/contract/timeline.ts'
import { track } from '../../../shared/contract/track.ts'
import { openEventStream } from '../../testing/event-stream.ts'
import {
  makeContact,
  makeShare,
  makeVisitor,
  openedBy,
  type TestVisitor,
} from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'

let app: TestApp

beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

const rep = () => app.member('ZhouXiaolan')

/** Reads a share, hands it on, and returns the child share. */
async function handOn(visitor: TestVisitor, shareId: string): Promise<string> {
  const { visitId, forwardId: childShareId } = openedBy(app, visitor, shareId)
  await app.call(forwardShare, { params: { id: shareId }, body: { id: childShareId } }, visitor.as)
  const occurredAt = app.clock.now().toISOString()
  const event = { occurredAt, visitId, shareId }
  const events = [
    { ...event, id: app.ctx.random.id(), kind: 'view.start' },
    { ...event, id: app.ctx.random.id(), kind: 'share', childShareId },
  ]
  const { refused } = await app.call(track, { body: { sentAt: occurredAt, events } }, visitor.as)
  expect(refused).toEqual([])
  return childShareId
}

async function choose(visitor: TestVisitor, agreed: boolean): Promise<void> {
  const body = { agreed, textVersion: privacyTextVersion, locale: 'zh-CN' as const }
  await app.call(chooseTracking, { body }, visitor.as)
}

async function forwardsOn(personId: string): Promise<string[]> {
  const { items } = await app.call(listMoments, { params: { id: personId }, query: {} }, rep())
  return items.flatMap(({ id, kind }) => (kind === 'material.share' ? id : [])).sort()
}

async function namesIn(shareId: string): Promise<Record<string, string | null>> {
  const { items } = await app.call(forwardTree, { params: { id: shareId } }, rep())
  return Object.fromEntries(items.map((item) => [item.shareId, item.by]))
}

test('forwards from before an opt-out are shown by name nowhere, until it is taken back; those of others stay', async () => {
  const unionid = `oUnionHidden${app.ctx.random.token(8)}`
  const lin = await makeContact(app, { name: '林悦', unionid })
  const phone = await makeVisitor(app, { unionid })
  const web = await makeVisitor(app, { unionid })
  const other = `oUnionOther${app.ctx.random.token(8)}`
  const wang = await makeContact(app, { name: '王强', unionid: other })
  const wangsPhone = await makeVisitor(app, { unionid: other })
  const [stranger, reader] = [await makeVisitor(app), await makeVisitor(app)]
  const share = await makeShare(app, { to: lin })
  const [lins, wangs, strangers] = [
    await handOn(phone, share),
    await handOn(wangsPhone, share),
    await handOn(stranger, share),
  ]
  // A forward stands in the tree once somebody has opened it.
  for (const child of [lins, wangs, strangers]) await handOn(reader, child)

  expect(await forwardsOn(lin.personId)).toEqual([lins, strangers].sort())
  expect(await namesIn(share)).toMatchObject({ [lins]: '林悦', [wangs]: '王强' })
  const stream = await openEventStream(app, `/api/persons/${lin.personId}/moments/live`, rep())
  const reloads = () => stream.events.filter(({ event }) => event === 'reload').length
  try {
    await choose(web, false)
    await expect.poll(reloads).toBe(1)
    expect(await forwardsOn(lin.personId)).toEqual([strangers])
    expect(await forwardsOn(wang.personId)).toEqual([wangs])
    expect(await namesIn(share)).toMatchObject({ [lins]: null, [wangs]: '王强' })
    // A stranger who read under a push to the contact stands on the contact's page.
    await choose(stranger, false)
    expect(await forwardsOn(lin.personId)).toEqual([])
    expect((await namesIn(share))[strangers]).toBeNull()
    // The opening of a hidden forward changes it, and tells nobody of it.
    await handOn(await makeVisitor(app), lins)
    expect(stream.events.filter(({ data }) => data.includes(lins))).toEqual([])

    await choose(phone, true)
    expect(await forwardsOn(lin.personId)).toEqual([lins])
    expect(await namesIn(share)).toMatchObject({ [lins]: '林悦', [strangers]: null })
  } finally {
    stream.close()
  }
})
