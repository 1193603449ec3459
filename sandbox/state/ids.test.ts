import { expect, it } from 'vitest'
import { openProvider } from '../testing/open-provider.ts'
import { openSandbox } from '../testing/open-sandbox.ts'
import { providerIdsOf } from './ids.ts'
import { createWorld } from '../platform/create-world.ts'

it('a customized app names contacts by ids of its provider, which lead back to them, and gets neither unionid nor gender', async () => {
  const sandbox = await openSandbox({ scene: 'customized-app' })
  const provider = await openProvider(sandbox)
  const { open_userid_list } = await sandbox.wecom(
    'batch/userid_to_openuserid',
    {},
    { userid_list: ['ZhouXiaolan'] },
  )
  const userid = (open_userid_list as { open_userid: string }[])[0]?.open_userid ?? ''
  const { external_userid: listed } = await sandbox.wecom('externalcontact/list', { userid })
  const ids = listed as string[]
  // The third came long before the app was authorized, which is on trial (WW-96307).
  expect(ids).toHaveLength(2)
  for (const external_userid of ids) {
    expect(external_userid).toMatch(/^wm\w{30}$/)
    const contact = await sandbox.wecom('externalcontact/get', { external_userid })
    expect(contact).toMatchObject({ external_contact: { external_userid, gender: 0 } })
    expect(contact.external_contact).not.toHaveProperty('unionid')
  }
  // The suite of the same provider has the same ids. Its trial begins today.
  const { token } = await provider.install(provider.suite.id)
  const recent = (await provider.asApp(token, 'externalcontact/list', { userid })).external_userid
  expect(ids).toEqual(expect.arrayContaining(recent as string[]))
  expect(recent).toHaveLength(1)
  expect(
    await sandbox.wecom('externalcontact/get', {
      external_userid: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg',
    }),
  ).toMatchObject({
    errcode: 40096,
  })
})

it('each provider has ids of its own', () => {
  const world = createWorld('demo', {
    sandbox: 'http://localhost:1',
    webview: 'http://localhost:2',
    upstream: [],
  })
  const ids = providerIdsOf(world)
  world.apps.provider.corpId = 'ww00000000000000ff'
  const others = providerIdsOf(world)
  for (const { id } of world.members) {
    expect(ids.findMember(ids.member(id))?.id).toBe(id)
    expect(others.member(id)).not.toBe(ids.member(id))
    expect(others.findMember(ids.member(id))).toBeUndefined()
  }
  for (const customer of world.customers) {
    expect(ids.findCustomer(ids.customer(customer))).toBe(customer)
    expect(others.customer(customer)).not.toBe(ids.customer(customer))
    expect(others.findCustomer(ids.customer(customer))).toBeUndefined()
  }
  expect(others.corp('ww1')).not.toBe(ids.corp('ww1'))
})
