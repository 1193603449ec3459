import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Delivery } from '../../api.ts'
import { startSandbox } from '../../start.ts'
import { operate, type OpenedSandbox } from '../../testing/open-sandbox.ts'

let sandbox: OpenedSandbox

beforeAll(async () => {
  sandbox = await operate(await startSandbox())
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.post('/_sandbox/reset', {}))

const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'
const group = 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe'
const ask = (path: string, body: object) => sandbox.wecom(`msgaudit/${path}`, {}, body)
const happen = (name: string, body: object) =>
  sandbox.post(`/_sandbox/happenings/archive.${name}`, body)
const pair = { userid: 'ZhouXiaolan', exteranalopenid: linyue }
const people = { memberId: 'ZhouXiaolan', customerId: 'linyue' }

describe('the session archive', () => {
  it('lists who is recorded, by edition: msgaudit/get_permit_user_list', async () => {
    expect(await ask('get_permit_user_list', {})).toEqual({
      errcode: 0,
      errmsg: 'ok',
      ids: ['ZhouXiaolan'],
    })
    await happen('permit', { memberId: 'HanXue', edition: 3 })
    expect(await ask('get_permit_user_list', { type: 3 })).toMatchObject({ ids: ['HanXue'] })
    await happen('permit', { memberId: 'ZhouXiaolan', edition: null })
    expect(await ask('get_permit_user_list', {})).toMatchObject({ ids: ['HanXue'] })
    expect(await ask('get_permit_user_list', { type: 4 })).toMatchObject({ errcode: 40058 })
  })

  it('knows who agreed, alone and in a group: msgaudit/check_single_agree, msgaudit/check_room_agree', async () => {
    const single = async () => (await ask('check_single_agree', { info: [pair] })).agreeinfo
    expect(await single()).toMatchObject([
      { ...pair, agree_status: 'Disagree', status_change_time: expect.any(Number) },
    ])
    await happen('consent', { ...people, status: 'Agree' })
    expect(await single()).toMatchObject([{ agree_status: 'Agree' }])
    const { agreeinfo } = await ask('check_room_agree', { roomid: group })
    expect(agreeinfo).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ exteranalopenid: linyue, agree_status: 'Agree' }),
      ]),
    )
    expect(agreeinfo).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ agree_status: 'Disagree' })]),
    )
    await happen('consent', { ...people, status: 'Default_Agree' })
    expect(await single()).toMatchObject([{ agree_status: 'Default_Agree' }])
    await sandbox.post('/_sandbox/happenings/contact.archive-approved', people)
    expect(await single()).toMatchObject([{ agree_status: 'Agree' }])
  })

  it('refuses too many pairs, unknown people and unknown rooms', async () => {
    expect(await ask('check_single_agree', { info: Array(101).fill(pair) })).toMatchObject({
      errcode: 301060,
    })
    expect(
      await ask('check_single_agree', { info: [{ ...pair, userid: 'Nobody' }] }),
    ).toMatchObject({ errcode: 301061 })
    expect(await ask('check_single_agree', {})).toMatchObject({ errcode: 40058 })
    expect(await ask('check_room_agree', { roomid: 'wrnone' })).toMatchObject({ errcode: 40050 })
    // msgaudit/groupchat/get is for groups without customers.
    expect(await ask('groupchat/get', { roomid: group })).toMatchObject({ errcode: 301059 })
    expect(
      (
        await sandbox.knock('POST', '/_sandbox/happenings/archive.consent', {
          ...people,
          customerId: 'nobody',
          status: 'Agree',
        })
      ).status,
    ).toBe(400)
  })

  it('names robots: msgaudit/get_robot_info', async () => {
    await happen('robot', { id: 'wb1', name: '机器人A', creatorId: 'HanXue' })
    expect(await sandbox.wecom('msgaudit/get_robot_info', { robot_id: 'wb1' })).toMatchObject({
      data: { robot_id: 'wb1', name: '机器人A', creator_userid: 'HanXue' },
    })
    expect(await sandbox.wecom('msgaudit/get_robot_info', { robot_id: 'wb2' })).toMatchObject({
      errcode: 40058,
    })
  })

  it('serves only while it is paid for, and only allowed addresses', async () => {
    const answers: unknown[] = []
    for (const state of [
      { service: 'closed' },
      { service: 'expired' },
      { service: 'open', allowedIps: ['10.0.0.1'] },
      { allowedIps: null },
    ]) {
      await happen('service', state)
      answers.push((await ask('get_permit_user_list', {})).errcode)
    }
    expect(answers).toEqual([301053, 301052, 301042, 0])
  })

  it('announces new messages of recorded members at most every 15 seconds: msgaudit_notify', async () => {
    const notices = async () => {
      const { items } = (await sandbox.get('/_sandbox/deliveries')) as unknown as {
        items: Delivery[]
      }
      return items.filter(({ body }) => body.includes('msgaudit_notify'))
    }
    const say = (conversationId: string, text: string) =>
      sandbox.post('/_sandbox/messages', {
        conversationId,
        from: { kind: 'customer', id: 'linyue' },
        card: { kind: 'text', text },
      })
    const letPass = (seconds: number) =>
      sandbox.post('/_sandbox/clock', { advanceSeconds: seconds })
    await letPass(1)
    await say('zhou-lin', '一')
    await say('zhou-lin', '二')
    expect(await notices()).toHaveLength(0)
    await letPass(16)
    expect(await notices()).toMatchObject([
      { body: expect.stringContaining('<AgentID>2000004</AgentID>') },
    ])
    // Two customers in WeChat are nobody's business.
    await say('lin-zhao', '三')
    await letPass(16)
    expect(await notices()).toHaveLength(1)
  })
})
