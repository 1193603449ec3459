import { createHash } from 'node:crypto'
import * as theirs from '@wecom/crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from '../../shared/contract/all.ts'
import { getContact } from '../../shared/contract/contacts.ts'
import type { EndpointSpec } from '../../shared/contract/endpoint.ts'
import { createShare, listMaterials } from '../../shared/contract/materials.ts'
import {
  createMiniprogramSession,
  getSession,
  getSettings,
  signUrl,
} from '../../shared/contract/session.ts'
import { materialStatistics } from '../../shared/contract/statistics.ts'
import { listMoments } from '../../shared/contract/timeline.ts'
import { submitWorkorder } from '../../shared/contract/workorders.ts'
import { once } from '../base/db/jobs.ts'
import { insertEquipment } from '../equipment/index.ts'
import { makeMaterial } from '../testing/factories.ts'
import { type FakePlatform, startPlatform } from '../testing/platform.ts'
import { type As, makeTestApp, type TestApp } from '../testing/test-app.ts'
import { readShare, uploadPhoto } from '../testing/persons/whole-person.ts'
import { rollUp } from '../timeline/index.ts'
import { platformPushes } from './callbacks/handle.ts'
import { connectAccount } from './connect.ts'
import { callbacks } from './tables.ts'

/** Two companies. Each has two apps and a mini program; one app of each has the same AgentId. */
const yuan = {
  corpId: 'ww1111111111111111',
  corpName: '远山泵业',
  apps: ['1000002', '1000003'],
  miniprogram: 'wx1111111111111111',
  official: 'wxaaaaaaaaaaaaaaa1',
  callback: { token: 'tokenOfYuan', aesKey: 'A'.repeat(42) + 'E' },
} as const
const heng = {
  corpId: 'ww2222222222222222',
  corpName: '恒进精密',
  apps: ['1000002', '1000009'],
  miniprogram: 'wx2222222222222222',
  official: 'wxaaaaaaaaaaaaaaa2',
  callback: { token: 'tokenOfHeng', aesKey: 'B'.repeat(42) + 'E' },
} as const
type Corp = typeof yuan | typeof heng

/** Both corps have a contact with the same id, but know different things about it. */
const contact = 'wmTheSameInBoth0000000000000000'
const rep = 'ZhouXiaolan'

let platform: FakePlatform
let app: TestApp
/** By `corp/agent`. */
const connectionIds = new Map<string, string>()

/** Starts stand-ins for WeCom and WeChat. Their answers tell which secret was used. */
async function startPlatforms(): Promise<FakePlatform> {
  const query = (url = '') => new URL(url, 'http://localhost').searchParams
  const corpOf = (token: string) => token.split('/')[1] ?? ''
  return startPlatform({
    '/cgi-bin/gettoken': ({ url }) => ({
      errcode: 0,
      access_token: `token/${query(url).get('corpid')}/${query(url).get('corpsecret')}`,
      expires_in: 7200,
    }),
    '/cgi-bin/ticket/get': ({ url }) => ({
      ticket: `agent ticket by ${query(url).get('access_token')}`,
      expires_in: 7200,
    }),
    '/cgi-bin/get_jsapi_ticket': ({ url }) => ({
      ticket: `corp ticket by ${query(url).get('access_token')}`,
      expires_in: 7200,
    }),
    '/cgi-bin/auth/getuserinfo': ({ url }) => ({ userid: query(url).get('code') }),
    '/cgi-bin/user/get': ({ url }) => ({
      userid: query(url).get('userid'),
      name: `${query(url).get('userid')} of ${corpOf(query(url).get('access_token') ?? '')}`,
    }),
    '/cgi-bin/externalcontact/get': ({ url }) => ({
      external_contact: {
        external_userid: query(url).get('external_userid'),
        name: `a customer of ${corpOf(query(url).get('access_token') ?? '')}`,
        type: 1,
        gender: 0,
      },
      follow_user: [{ userid: rep, remark: '', description: '', createtime: 1_700_000_000 }],
    }),
    '/sns/jscode2session': ({ url }) => ({
      openid: `o-${query(url).get('appid')}-${query(url).get('secret')}-${query(url).get('js_code')}`,
    }),
  })
}

beforeAll(async () => {
  platform = await startPlatforms()
  app = await makeTestApp({
    env: {
      WECOM_API_URL: platform.url,
      WECHAT_API_URL: platform.url,
      WECOM_CORP_ID: '',
      WECOM_AGENT_ID: '',
      WECOM_AGENT_SECRET: '',
      MINIPROGRAM_APP_ID: '',
      MINIPROGRAM_APP_SECRET: '',
      OFFICIAL_ACCOUNT_APP_ID: '',
      OFFICIAL_ACCOUNT_APP_SECRET: '',
    },
  })
  for (const { corpId, corpName, apps, miniprogram, official, callback } of [yuan, heng]) {
    const of = { corpId, corpName }
    for (const platformId of apps) {
      const id = await connectAccount(app.ctx, {
        ...of,
        kind: 'wecom_app',
        platformId,
        settings: { appKind: 'own', trustedHosts: [`${platformId}.${corpId}.example.com`] },
        secrets: {
          secret: `secret-${corpId}-${platformId}`,
          callback_token: callback.token,
          callback_aes_key: callback.aesKey,
        },
      })
      connectionIds.set(`${corpId}/${platformId}`, id)
    }
    const accounts = { miniprogram, official_account: official } as const
    for (const kind of ['miniprogram', 'official_account'] as const) {
      const secrets = { secret: `secret-${accounts[kind]}` }
      await connectAccount(app.ctx, {
        ...of,
        kind,
        platformId: accounts[kind],
        settings: {},
        secrets,
      })
    }
  }
})
afterAll(async () => {
  await app.stop()
  await platform.stop()
})

/** Signs in up to our side of WeCom's page. */
async function signIn(query: string, code: string): Promise<{ as: As; authorize: URL }> {
  const start = await app.fetch(`/auth/wecom${query}`)
  if (start.status !== 302) throw new Error(`${start.status} ${await start.text()}`)
  const authorize = new URL(start.headers.get('location') ?? '')
  const browser = start.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const state = authorize.searchParams.get('state') ?? ''
  const end = await app.fetch(`/auth/wecom/callback?code=${code}&state=${state}`, {
    headers: { Cookie: browser },
  })
  const cookie = end.headers.getSetCookie().find((one) => one.startsWith('chatside_member='))
  return { as: { Cookie: cookie?.split(';')[0] ?? '' }, authorize }
}

function member(corp: Corp, agentId: string = corp.apps[0], userId: string = rep): As {
  const subject = { kind: 'member', corpId: corp.corpId, userId, agentId } as const
  return { Cookie: `chatside_member=${app.ctx.sessions.sign(subject, 3600).token}` }
}

async function visitor(corp: Corp, code: string): Promise<{ as: As; identityId: string }> {
  const { token, session } = await app.call(createMiniprogramSession, {
    body: { appId: corp.miniprogram, code },
  })
  return { as: { Authorization: `Bearer ${token}` }, identityId: session.identityId }
}

describe('of two corps on one server', () => {
  test('each member signs in to the corp and the app that the address names', async () => {
    for (const corp of [yuan, heng]) {
      for (const agent of corp.apps) {
        const { as, authorize } = await signIn(`?corp=${corp.corpId}&agent=${agent}`, 'HanXue')
        const { appid, agentid } = Object.fromEntries(authorize.searchParams)
        expect([appid, agentid]).toEqual([corp.corpId, agent])
        expect(await app.call(getSession, {}, as)).toMatchObject({
          corp: { id: corp.corpId, agentId: agent },
          member: { name: `HanXue of ${corp.corpId}` },
        })
      }
    }
  })

  test('nobody is signed in to either when the address does not say which', async () => {
    for (const path of ['/auth/wecom', '/auth/wechat']) {
      const answer = await app.fetch(path)
      expect([path, answer.status]).toEqual([path, 404])
      expect(await answer.text()).toContain('corp_unknown')
    }
  })

  test('an app of the one is no app of the other', async () => {
    const answer = await app.fetch(`/auth/wecom?corp=${yuan.corpId}&agent=1000009`)
    expect(answer.status).toBe(404)
  })

  test('each page is signed with the ticket of the app in which the member is', async () => {
    for (const corp of [yuan, heng]) {
      for (const agent of corp.apps) {
        for (const kind of ['agent', 'corp'] as const) {
          const url = `${app.ctx.config.publicUrl}/sidebar/`
          const signed = await app.call(signUrl, { query: { kind, url } }, member(corp, agent))
          const token = `token/${corp.corpId}/secret-${corp.corpId}-${agent}`
          const text = `jsapi_ticket=${kind} ticket by ${token}&noncestr=${signed.nonceStr}&timestamp=${signed.timestamp}&url=${url}`
          expect(signed).toMatchObject({
            corpId: corp.corpId,
            agentId: agent,
            signature: createHash('sha1').update(text).digest('hex'),
          })
        }
      }
    }
  })

  test('a page that one app trusts is not signed for another', async () => {
    const url = `https://1000003.${yuan.corpId}.example.com/`
    const query = { kind: 'agent', url } as const
    await app.call(signUrl, { query }, member(yuan, '1000003'))
    for (const other of [member(yuan, '1000002'), member(heng)])
      await expect(app.call(signUrl, { query }, other)).rejects.toMatchObject({
        code: 'host_not_trusted',
      })
  })

  test('each mini program exchanges codes with its own secret, into its own corp', async () => {
    const [one, other] = [await visitor(yuan, 'linyue'), await visitor(heng, 'linyue')]
    expect(one.identityId).not.toBe(other.identityId)
    for (const [corp, { as }] of [
      [yuan, one],
      [heng, other],
    ] as const)
      expect(await app.call(getSession, {}, as)).toMatchObject({ corp: { id: corp.corpId } })
  })

  test('each is named to whoever asks for its settings, by the corp or by the mini program', async () => {
    for (const corp of [yuan, heng]) {
      for (const query of [{ corp: corp.corpId }, { appId: corp.miniprogram }])
        expect(await app.call(getSettings, { query })).toMatchObject({
          corpName: corp.corpName,
          miniprogramAppId: corp.miniprogram,
        })
    }
    for (const query of [{}, { corp: 'ww3333333333333333' }])
      await expect(app.call(getSettings, { query })).rejects.toMatchObject({ code: 'corp_unknown' })
    await expect(app.call(getSettings, { query: { appId: 'wx0' } })).rejects.toMatchObject({
      code: 'app_unknown',
    })
  })

  test('a customer on the web is sent to the official account of the corp in the address', async () => {
    for (const corp of [yuan, heng]) {
      for (const query of [`corp=${corp.corpId}`, `account=${corp.official}`]) {
        const answer = await app.fetch(`/auth/wechat?${query}&challenge=${'c'.repeat(43)}`)
        const to = new URL(answer.headers.get('location') ?? '')
        expect(to.searchParams.get('appid')).toBe(corp.official)
      }
    }
  })

  test('each asks WeCom as itself about a contact whom both know by one id', async () => {
    for (const corp of [yuan, heng]) {
      const params = { externalUserId: contact }
      const { name } = await app.call(getContact, { params }, member(corp))
      expect(name).toBe(`a customer of ${corp.corpId}`)
    }
  })

  test('a push is taken for the connection in the address, by its own keys only', async () => {
    const event = (corp: Corp) =>
      `<xml><ToUserName><![CDATA[${corp.corpId}]]></ToUserName><CreateTime>1732000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_external_contact]]></Event><ChangeType><![CDATA[edit_external_contact]]></ChangeType><UserID><![CDATA[${rep}]]></UserID><ExternalUserID><![CDATA[${contact}]]></ExternalUserID></xml>`
    const post = (to: Corp, agent: string, sealedBy: Corp, name?: string) => {
      const { token, aesKey } = sealedBy.callback
      const encrypted = theirs.encrypt(aesKey, event(sealedBy), sealedBy.corpId)
      const [timestamp, nonce] = ['1732000000', '1372623149']
      const msg_signature = theirs.getSignature(token, timestamp, nonce, encrypted)
      const query = new URLSearchParams({ msg_signature, timestamp, nonce })
      const address = name ?? connectionIds.get(`${to.corpId}/${agent}`)
      return app.fetch(`/callbacks/wecom/${address}?${query}`, {
        method: 'POST',
        body: `<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
      })
    }
    expect((await post(heng, '1000009', yuan)).status).toBe(403)
    // Both corps have this number, so the id of the connection is needed.
    expect((await post(yuan, '1000002', yuan, '1000002')).status).toBe(404)
    expect((await post(yuan, '1000003', yuan, '1000003')).status).toBe(200)
    expect((await post(heng, '1000002', heng)).status).toBe(200)
    const rows = await app.db.select().from(callbacks)
    expect(rows.map(({ corpId, connection }) => [corpId, connection]).sort()).toEqual([
      [yuan.corpId, connectionIds.get(`${yuan.corpId}/1000003`)],
      [heng.corpId, connectionIds.get(`${heng.corpId}/1000002`)],
    ])
    await once(app.ctx, platformPushes)
    const states = (await app.db.select().from(callbacks)).map(({ state }) => state)
    expect(states).toEqual(['handled', 'handled'])
  })
})

describe('what one corp has', () => {
  /** A person of Yuan, who read a push and sent an order. */
  let personId: string
  let materialId: string
  let shareId: string
  let workorderId: string
  let reader: As
  /** A person of Heng, whose data must stay as it is. */
  let stranger: { as: As; identityId: string }

  beforeAll(async () => {
    materialId = await makeMaterial(app, { corpId: yuan.corpId })
    await makeMaterial(app, { corpId: heng.corpId, title: '恒进的物料' })
    const sn = 'LC-2026-0001'
    const id = app.ctx.random.id()
    await insertEquipment(app.db, [{ id, corpId: yuan.corpId, sn, model: 'LC37', place: '一号' }])
    const { share } = await app.call(
      createShare,
      {
        body: { materialId, to: { externalUserId: contact }, entry: 'single_chat_tools' },
        idempotencyKey: app.ctx.random.id(),
      },
      member(yuan),
    )
    shareId = share.id
    ;({ as: reader } = await visitor(yuan, 'reader'))
    stranger = await visitor(heng, 'stranger')
    await readShare(app, reader, shareId)
    const order = await app.call(
      submitWorkorder,
      {
        body: {
          type: 'repair',
          description: '异响',
          contactName: '林悦',
          contactPhone: '13912340000',
          photoIds: [(await uploadPhoto(app, reader)).id],
          location: { source: 'typed', name: '', address: '苏州' },
          equipmentSn: sn,
          shareId,
        },
        idempotencyKey: app.ctx.random.id(),
      },
      reader,
    )
    workorderId = order.id
    const params = { externalUserId: contact }
    ;({ personId } = await app.call(getContact, { params }, member(yuan)))
    await once(app.ctx, rollUp)
  })

  test('is seen by its own members', async () => {
    const moments = await app.call(
      listMoments,
      { params: { id: personId }, query: {} },
      member(yuan),
    )
    expect(moments.items.map(({ kind }) => kind)).toEqual(['workorder.submit', 'material.view'])
    const params = { id: materialId }
    expect(await app.call(materialStatistics, { params }, member(yuan))).toMatchObject({ opens: 1 })
  })

  test('is refused to members and visitors of the other, whatever they ask for', async () => {
    const ids: Record<string, string> = {
      listMoments: personId,
      streamMoments: personId,
      listQuestions: personId,
      listMerges: personId,
      getMaterial: materialId,
      materialStatistics: materialId,
      openShare: shareId,
      settleShare: shareId,
      forwardShare: shareId,
      shareStatistics: shareId,
      forwardTree: shareId,
      getWorkorder: workorderId,
      cancelWorkorder: workorderId,
      answerQuestion: app.ctx.random.id(),
      undoMerge: app.ctx.random.id(),
    }
    const bodies: Record<string, object> = {
      settleShare: { state: 'sent' },
      forwardShare: { id: app.ctx.random.id() },
      cancelWorkorder: { reason: '不要了' },
      answerQuestion: { answer: 'same' },
      createShare: { materialId, entry: 'single_chat_tools' },
      submitWorkorder: {
        type: 'repair',
        description: '',
        contactName: '某',
        contactPhone: '13900000000',
        photoIds: [],
        location: { source: 'typed', name: '', address: '某处' },
        shareId,
      },
    }
    const queries: Record<string, string> = {
      findEquipment: '?sn=LC-2026-0001',
      listWorkorders: `?person=${personId}`,
    }
    const asked: string[] = []
    for (const [name, endpoint] of Object.entries(endpoints) as [string, EndpointSpec][]) {
      const id = ids[name]
      if (id === undefined && !(name in bodies) && !(name in queries)) continue
      for (const as of [member(heng), stranger.as]) {
        const path = endpoint.path.replace(/:\w+/, id ?? '') + (queries[name] ?? '')
        const answer = await app.fetch(
          path,
          {
            method: endpoint.method,
            headers: {
              'Content-Type': 'application/json',
              'Idempotency-Key': app.ctx.random.id(),
            },
            ...(bodies[name] && { body: JSON.stringify(bodies[name]) }),
          },
          as,
        )
        const text = await answer.text()
        // A visitor gets its own list of orders, whatever it asks for.
        const isEmpty = answer.status === 200 && text === '{"items":[],"next":null}'
        expect([name, answer.status >= 400 || isEmpty, text]).toEqual([name, true, text])
      }
      asked.push(name)
    }
    // A new endpoint that takes an id must be added here.
    const withId = (Object.entries(endpoints) as [string, EndpointSpec][]).flatMap(
      ([name, { path }]) => (path.includes(':id') ? name : []),
    )
    expect(withId.filter((name) => !asked.includes(name))).toEqual([])
  })

  test('is not in the other’s lists, nor in its counts', async () => {
    const { items } = await app.call(listMaterials, { query: {} }, member(heng))
    expect(items.map(({ title }) => title)).toEqual(['恒进的物料'])
    // A visitor of Heng who knows the share's id reports a visit under it.
    const event = { occurredAt: app.clock.now().toISOString(), shareId }
    const body = {
      sentAt: event.occurredAt,
      events: [
        { ...event, id: app.ctx.random.id(), visitId: app.ctx.random.id(), kind: 'view.start' },
      ],
    }
    const told = await app.fetch(
      '/api/track',
      {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      },
      stranger.as,
    )
    expect(await told.json()).toMatchObject({
      accepted: 0,
      refused: [{ field: 'shareId', reason: 'is not a share of this corp' }],
    })
    await once(app.ctx, rollUp)
    const params = { id: materialId }
    expect(await app.call(materialStatistics, { params }, member(yuan))).toMatchObject({ opens: 1 })
  })

  test('is opened by no session of a corp that is not connected, on any route', async () => {
    const nowhere = { ...yuan, corpId: 'ww3333333333333333' } as unknown as Corp
    const identityId = stranger.identityId
    const token = app.ctx.sessions.sign(
      { kind: 'visitor', corpId: nowhere.corpId, identityId },
      3600,
    ).token
    for (const endpoint of Object.values(endpoints) as EndpointSpec[]) {
      if (endpoint.auth === 'none') continue
      const path = endpoint.path.replace(/:id/, personId).replace(/:\w+/, contact)
      const sessions = { member: member(nowhere), visitor: { Authorization: `Bearer ${token}` } }
      for (const kind of ['member', 'visitor'] as const) {
        if (endpoint.auth !== 'any' && endpoint.auth !== kind) continue
        const { method } = endpoint
        const answer = await app.fetch(path, { method }, sessions[kind])
        expect([path, kind, answer.status]).toEqual([path, kind, 401])
      }
    }
  })
})
