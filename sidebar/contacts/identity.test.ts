import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Question } from '../../shared/contract/identity.ts'
import { openSidebar, settled, type Opened } from '../testing/open.ts'
import { aWorld, id, today, type World } from '../testing/world.ts'

let opened: Opened | undefined
afterEach(() => {
  opened?.app.unmount()
  opened = undefined
})

function aQuestion(): Question {
  const side = { kind: 'openid', label: 'oX3…9fa', firstSeenAt: today, name: null } as const
  return {
    id: id(700),
    kind: 'verified_phone',
    reason: 'two_unionids',
    state: 'open',
    askedAt: today,
    answeredAt: null,
    one: { ...side, identityId: id(1), personId: id(10), name: '林悦' },
    other: { ...side, identityId: id(2), personId: id(11), label: 'oQ7…b21' },
  }
}

async function open(world: World): Promise<Opened> {
  opened = await openSidebar(world)
  await vi.waitFor(() => expect(opened?.app.find('.contact').exists()).toBe(true))
  await settled()
  return opened
}

describe('who the customer may also be', () => {
  it('is asked in plain words, and leaves when the rep has answered', async () => {
    const world = aWorld()
    world.questions = [aQuestion()]
    const { app } = await open(world)
    await vi.waitFor(() => expect(app.find('.questions').exists()).toBe(true))
    expect(app.get('.questions').text()).toContain('手机号相同，但微信账号不同')
    expect(app.findAll('.questions .side').map((side) => side.text())).toEqual([
      expect.stringContaining('林悦'),
      expect.stringContaining('未关联客户'),
    ])
    await app.findAll('.questions button')[0]?.trigger('click')
    await settled()
    expect(world.asked.find(({ path }) => path.endsWith('/answer'))).toMatchObject({
      method: 'PUT',
      body: { answer: 'same' },
    })
    expect(app.find('.questions').exists()).toBe(false)
    // The contact's identities have changed, so they are read anew, without a blank in between.
    expect(world.asked.filter(({ path }) => path.startsWith('/api/contacts/'))).toHaveLength(2)
  })

  it('stays when the answer did not go through, and says so; settled by somebody else, it says that', async () => {
    const world = aWorld()
    world.questions = [aQuestion()]
    const { app } = await open(world)
    await vi.waitFor(() => expect(app.find('.questions').exists()).toBe(true))
    world.failing.set('/api/questions/', 'network')
    await app.findAll('.questions button')[1]?.trigger('click')
    await settled()
    expect(app.get('.questions [role=alert]').text()).toContain('没有提交成功')
    world.failing.set('/api/questions/', 'question_answered')
    await app.findAll('.questions button')[1]?.trigger('click')
    await settled()
    expect(app.get('.questions [role=alert]').text()).toContain('已经由别人处理')
  })

  it('is not spoken of when there is nothing to ask, or it cannot be asked', async () => {
    const world = aWorld()
    world.failing.set('/api/persons/', 'unavailable')
    const { app } = await open(world)
    expect(app.find('.questions').exists()).toBe(false)
  })
})

describe('what joined the customer’s identities', () => {
  it('can be taken back, after a second look', async () => {
    const world = aWorld()
    const moved = { id: id(1), kind: 'openid', label: 'oX3…9fa' } as const
    world.merges = [
      {
        id: id(800),
        evidence: 'unionid_conversion',
        mergedAt: today,
        undoneAt: null,
        identities: [moved],
      },
    ]
    const { app } = await open(world)
    await app.get('[aria-controls=contact-details]').trigger('click')
    await vi.waitFor(() => expect(app.find('.merge').exists()).toBe(true))
    expect(app.get('.merge').text()).toContain('企业微信确认是同一人')
    await app.get('.merge button').trigger('click')
    expect(world.asked.some(({ path }) => path.endsWith('/undo'))).toBe(false)
    world.failing.set('/api/merges/', 'unavailable')
    await app.get('.merge .sure button').trigger('click')
    await settled()
    expect(app.get('.merge [role=alert]').text()).toContain('没有拆分成功')
    world.failing.clear()
    await app.get('.merge .sure button').trigger('click')
    await settled()
    expect(app.get('.merge').text()).toContain('已拆分')
    expect(app.find('.merge button').exists()).toBe(false)
  })
})
