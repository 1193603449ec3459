import { describe, expect, test } from 'vitest'
import type { Navigation } from '#sandbox/runtime/core/stack'
import { MiniProgram } from './app.ts'
import { useCleanPhones } from './clean-phones.ts'
import { Phone } from './phone.ts'
import { makeScene } from './scene.ts'

const phones = useCleanPhones()

async function openHome() {
  const scene = makeScene()
  const phone = phones.add(new Phone({ server: scene.server.answer }))
  return { ...scene, phone, program: await MiniProgram.launch(phone) }
}

type Home = Awaited<ReturnType<typeof openHome>>

/** What a mini program hears when it goes to a page: each callback by its name. */
async function go({ phone, program }: Home, kind: Navigation, url = '') {
  const heard: string[] = []
  const hear = (name: string) => (result: { errMsg: string }) =>
    void heard.push(`${name} ${result.errMsg}`)
  const navigate = phone.wx((value) => value)[kind] as (options: object) => void
  navigate({ url, success: hear('success'), fail: hear('fail'), complete: hear('complete') })
  // WeChat never answers within the call.
  expect(heard).toEqual([])
  await program.settle()
  return heard
}

const failed = (errMsg: string) => [`fail ${errMsg}`, `complete ${errMsg}`]

describe('a navigation that WeChat refuses ends in fail, and the page stays', () => {
  test.each(['navigateTo', 'redirectTo', 'reLaunch', 'switchTab'] as const)(
    '%s to a page that the mini program lacks',
    async (kind) => {
      const home = await openHome()
      expect(await go(home, kind, '/pages/gone/index?x=1')).toEqual(
        failed(`${kind}:fail page "pages/gone/index" is not found`),
      )
      expect([home.program.path, home.program.depth]).toEqual(['pages/home/index', 1])
    },
  )

  test('the eleventh page', async () => {
    const home = await openHome()
    for (let page = 2; page <= 10; page += 1)
      expect(await go(home, 'navigateTo', '/pages/workorder/list')).toEqual([
        'success ok',
        'complete ok',
      ])
    expect(home.program.depth).toBe(10)
    expect(await go(home, 'navigateTo', '/pages/workorder/new')).toEqual(
      failed('navigateTo:fail webview count limit exceed'),
    )
    expect([home.program.path, home.program.depth]).toEqual(['pages/workorder/list', 10])
    // The tenth may still be replaced, and after one step back there is room again.
    expect(await go(home, 'redirectTo', '/pages/workorder/new')).toContain('success ok')
    await go(home, 'navigateBack')
    expect(await go(home, 'navigateTo', '/pages/workorder/new')).toContain('success ok')
    expect(home.program.depth).toBe(10)
  })

  test('back on the first page, and a switch to a page that is no tab', async () => {
    const home = await openHome()
    expect(await go(home, 'navigateBack')).toEqual(
      failed('navigateBack:fail cannot navigate back at first page.'),
    )
    expect(await go(home, 'switchTab', '/pages/workorder/list')).toEqual(
      failed('switchTab:fail can not switch to no-tabBar page'),
    )
    expect([home.program.path, home.program.depth]).toEqual(['pages/home/index', 1])
  })
})

test('a customer who went ten pages deep still gets on, and back', async () => {
  const { program } = await openHome()
  await program.tap('提交工单，报修、安装、保养、咨询')
  await program.tap('报修，设备出现故障，需要维修')
  await program.type('问题描述', '运行时有异响')
  await program.type('联系人', '李工')
  await program.type('联系电话', '138 0013 8000')
  await program.tap('手动填写地址')
  await program.type('手动填写地址', '上海市闵行区江川路 88 号')
  await program.tap('提交工单')
  expect([program.path, program.depth]).toEqual(['pages/workorder/detail', 2])
  while (program.depth < 10) {
    await program.tap('我的工单')
    await program.tap('WO-20261121-0001')
  }
  expect(program.path).toBe('pages/workorder/detail')
  await program.tap('我的工单')
  expect([program.path, program.depth]).toEqual(['pages/workorder/list', 10])
  await program.back()
  expect([program.path, program.depth]).toEqual(['pages/workorder/list', 9])
})

test('a page whose package does not arrive is explained, and opens when it is there', async () => {
  const { phone, program } = await openHome()
  phone.missingPackages.add('pages/privacy')
  await program.tap('隐私与数据')
  expect(program.path).toBe('pages/home/index')
  expect(phone.toasts).toEqual(['页面没有打开，请检查网络后再试'])
  phone.missingPackages.clear()
  await program.tap('隐私与数据')
  expect(program.path).toBe('pages/privacy/index')
  expect(phone.toasts).toHaveLength(1)
})

test('a new version is offered when its package is there, and runs when the customer agrees', async () => {
  const { phone, program } = await openHome()
  expect(phone.modals).toEqual([])
  phone.answersModal = 'cancel'
  phone.bringUpdate()
  await program.settle()
  expect(phone.modals).toMatchObject([{ title: '有新版本', confirmText: '重启' }])
  expect(phone.restarts).toBe(0)
  expect(program.text).toContain('提交工单')
  phone.answersModal = 'confirm'
  phone.bringUpdate()
  await program.settle()
  expect(phone.restarts).toBe(1)
})
