import { describe, expect, it } from 'vitest'
import { openProvider } from '../../testing/open-provider.ts'
import { openReceiver } from '../../testing/receiver.ts'
import { openSandbox } from '../../testing/open-sandbox.ts'

const own = 'app:ww7c1d4e0fa2b95836/1000002'

async function open() {
  const sandbox = await openSandbox()
  const provider = await openProvider(sandbox)
  await provider.happen('install.change', { departments: [1] })
  const changes = (receiver: string) => provider.pushed(receiver, 'change_contact')
  return { sandbox, provider, changes, happen: provider.happen }
}

describe('changes of members', () => {
  it('reach every app that sees them, with its own ids: create_user, update_user, delete_user', async () => {
    const { sandbox, provider, changes, happen } = await open()
    const { agentId } = await provider.install()
    await provider.install(provider.suite.id, { departments: [3] })
    await happen('member.join', { id: 'QianFeng', name: '钱峰', departmentId: 2 })
    const [plain = ''] = await changes(own)
    expect(plain).toContain(
      '<UserID><![CDATA[QianFeng]]></UserID><Name><![CDATA[钱峰]]></Name><Department><![CDATA[2]]></Department>',
    )
    const [encrypted = ''] = await changes(`app:ww7c1d4e0fa2b95836/${agentId}`)
    expect(encrypted).toMatch(/<UserID><!\[CDATA\[wo\w{30}]]><\/UserID>/)
    expect(await changes(`suite:${provider.suite.id}`)).toEqual([])
    await happen('member.change', { memberId: 'QianFeng', departmentId: 3 })
    expect((await changes(own)).at(-1)).toContain('update_user')
    expect((await changes(`suite:${provider.suite.id}`)).at(-1)).toMatch(
      /<InfoType><!\[CDATA\[change_contact]]>.+update_user/,
    )
    await happen('member.leave', { memberId: 'QianFeng' })
    expect((await changes(own)).at(-1)).toMatch(
      /delete_user.+<UserID><!\[CDATA\[QianFeng]]><\/UserID><\/xml>/,
    )
    expect(await sandbox.wecom('user/get', { userid: 'QianFeng' })).toMatchObject({
      errcode: 60111,
    })
  })

  it('refuse nonsense and change nothing', async () => {
    const { sandbox, changes } = await open()
    const knock = async (name: string, body: object) =>
      (await sandbox.knock('POST', `/_sandbox/happenings/${name}`, body)).status
    expect(await knock('member.join', { id: 'hanxue', name: 'x' })).toBe(400)
    expect(await knock('member.join', { id: 'Fresh', name: 'x', departmentId: 99 })).toBe(400)
    expect(await knock('member.leave', { memberId: 'Nobody' })).toBe(400)
    expect(await knock('department.delete', { departmentId: 2 })).toBe(400)
    expect(await knock('department.change', { departmentId: 1, parentId: 2 })).toBe(400)
    expect(await changes(own)).toEqual([])
  })
})

describe('changes of departments and tags', () => {
  it('reach apps that see the department: create_party, update_party, delete_party', async () => {
    const { sandbox, provider, changes, happen } = await open()
    const { agentId } = await provider.install(provider.template.id, { departments: [3] })
    const { id } = await happen('department.create', { name: '华北销售部', parentId: 2 })
    expect((await changes(own)).at(-1)).toContain(
      '<Name><![CDATA[华北销售部]]></Name><ParentId><![CDATA[2]]></ParentId>',
    )
    await happen('department.change', { departmentId: id, name: '华北部' })
    await happen('department.delete', { departmentId: id })
    expect((await changes(own)).map((body) => /\w+_party/.exec(body)?.[0])).toEqual([
      'create_party',
      'update_party',
      'delete_party',
    ])
    expect(await changes(`app:ww7c1d4e0fa2b95836/${agentId}`)).toEqual([])
    // What comes to stand below a department of the range is in it.
    const below = await happen('department.create', { name: '备件组', parentId: 3 })
    expect(await changes(`app:ww7c1d4e0fa2b95836/${agentId}`)).toHaveLength(1)
    expect(await sandbox.wecom('department/get', { id: String(below.id) })).toMatchObject({
      department: { name: '备件组' },
    })
  })

  it('fill tags: update_tag', async () => {
    const { sandbox, changes, happen } = await open()
    await happen('member-tag.change', {
      tagId: 1,
      name: '讲师',
      addMembers: ['HanXue'],
      addDepartments: [2],
    })
    expect((await changes(own)).at(-1)).toMatch(
      /update_tag.+<TagId>1<\/TagId><AddUserItems><!\[CDATA\[HanXue]]>.+<AddPartyItems><!\[CDATA\[2]]>/,
    )
    expect(await sandbox.wecom('tag/list')).toMatchObject({
      taglist: [{ tagid: 1, tagname: '讲师' }],
    })
    expect(await sandbox.wecom('tag/get', { tagid: '1' })).toMatchObject({
      userlist: [{ userid: 'HanXue', name: '韩雪' }],
      partylist: [2],
    })
    expect(await sandbox.wecom('tag/get', { tagid: '9' })).toMatchObject({ errcode: 40068 })
    expect(await sandbox.wecom('tag/get')).toMatchObject({ errcode: 41017 })
  })
})

describe('suite tickets', () => {
  it('come every ten minutes to a suite that has an address', async () => {
    const { sandbox, provider } = await open()
    const { id } = provider.template
    const envelope = {
      token: 'nT4bQx9LkV2sRw7e',
      aesKey: 'vK3xQ8mZt1LpR6wYcN0aHs5uJdE9fBgT2iXoVkMqW7y',
    }
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 3600 })
    expect(await provider.pushed(`suite:${id}`, 'suite_ticket')).toEqual([])
    const { url } = await openReceiver(envelope)
    await sandbox.post('/_sandbox/callbacks', { receiver: `suite:${id}`, url, ...envelope })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 1 })
    expect(await provider.pushed(`suite:${id}`, 'suite_ticket')).toHaveLength(1)
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 600 })
    expect(await provider.pushed(`suite:${id}`, 'suite_ticket')).toHaveLength(2)
  })
})
