import { expect, it } from 'vitest'
import { openContacts } from '../../testing/open-contacts.ts'

/*
 * WW-96307 and WW-96468: a provider's app that is little used, or not at all, is warned for a week
 * and then learns of fewer customers, or of none.
 */
const { call, read, happen, refuse, refused, pushes, state, post, letPass } =
  openContacts('customized-app')

const week = 7 * 86_400

async function members() {
  const { follow_user: ids } = await read('externalcontact/get_follow_user_list')
  const [zhou = '', han = ''] = ids as string[]
  return { zhou, han }
}

const list = (userid: string) => read('externalcontact/list', { userid })
/** The app's own address: events by name, oldest first. */
async function told() {
  const all = await pushes('app:ww7c1d4e0fa2b95836/1000005')
  return all.map((one) => ({
    event: /<Event><!\[CDATA\[(\w+)\]\]>/.exec(one)?.[1],
    from: /<FromUserName><!\[CDATA\[([^\]]+)\]\]>/.exec(one)?.[1],
    agent: /<AgentID>(\d+)</.exec(one)?.[1],
    effect: /<EffectTime>(\d+)</.exec(one)?.[1],
  }))
}

it('an app that is little used is warned, and a week later learns of active members’ customers only', async () => {
  const { zhou, han } = await members()
  const now = Math.floor(Date.parse((await state()).clock.now) / 1000)
  const { effectTime } = await happen('app.little-used', { activeMembers: ['HanXue'] })
  expect(Number(effectTime) - now - week).toBeLessThan(5)
  const head = { from: 'sys', agent: '1000005' }
  expect(await told()).toEqual([{ ...head, event: 'low_active_alert', effect: String(effectTime) }])
  // Until then nothing changes.
  await letPass(week - 60)
  expect(await list(zhou)).toMatchObject({ errcode: 0 })
  const [shared = ''] = (await list(han)).external_userid as string[]
  expect(await read('externalcontact/get', { external_userid: shared })).toMatchObject({
    follow_user: [{ userid: zhou }, { userid: han }],
  })
  await letPass(120)
  expect((await told()).at(-1)).toEqual({ ...head, event: 'low_active' })
  expect(await list(zhou)).toMatchObject({ errcode: 48011 })
  expect(await list(han)).toMatchObject({ errcode: 0 })
  // The same customer of an active member and of another one: only the active one is told of.
  expect(await read('externalcontact/get', { external_userid: shared })).toMatchObject({
    follow_user: [{ userid: han }],
  })
  await refuse(48011, 'externalcontact/batch/get_by_user', { userid_list: [zhou] })
  const both = await call('externalcontact/batch/get_by_user', { userid_list: [zhou, han] })
  const followers = (both.external_contact_list as { follow_info: { userid: string } }[]).map(
    ({ follow_info: { userid } }) => userid,
  )
  expect(new Set(followers)).toEqual(new Set([han]))
  await happen('app.used-again', {})
  expect((await told()).at(-1)).toEqual({ ...head, event: 'active_restored' })
  expect(await list(zhou)).toMatchObject({ errcode: 0 })
})

it('an app that nobody uses is closed after a week, and opened again by an admin', async () => {
  const { zhou, han } = await members()
  const [customer = ''] = (await list(zhou)).external_userid as string[]
  const { effectTime } = await happen('app.unused', {})
  await letPass(week + 1)
  expect((await told()).map(({ event, effect }) => [event, effect])).toEqual([
    ['inactive_alert', String(effectTime)],
    ['close_inactive_agent', undefined],
  ])
  for (const userid of [zhou, han]) expect(await list(userid)).toMatchObject({ errcode: 48011 })
  expect(await read('externalcontact/get', { external_userid: customer })).toMatchObject({
    errcode: 48011,
  })
  await happen('app.used-again', {})
  expect((await told()).at(-1)).toMatchObject({ event: 'reopen_inactive_agent', from: zhou })
  expect(await list(zhou)).toMatchObject({ errcode: 0 })
})

it('an app that is used again within the week keeps its customers, and hears no more of it', async () => {
  const { zhou } = await members()
  await happen('app.little-used', {})
  await letPass(week - 60)
  await happen('app.used-again', {})
  await letPass(week)
  expect((await told()).map(({ event }) => event)).toEqual(['low_active_alert'])
  expect(await list(zhou)).toMatchObject({ errcode: 0 })
  expect(await refused('app.used-again', {})).toContain('in use')
})

it('how much a corp’s own app is used does not matter', async () => {
  await post('/_sandbox/reset', { scene: 'demo' })
  expect(await refused('app.little-used', {})).toContain('own')
  expect(await refused('app.unused', {})).toContain('own')
})
