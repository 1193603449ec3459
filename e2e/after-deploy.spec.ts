import { type Deploys, openDeploys } from './support/deploys.ts'
import { openDesk } from './support/desk.ts'
import { expect, test as base } from './support/test.ts'

const test = base.extend<{ deploys: Deploys }>({
  deploys: async ({ stage, door }, use) => {
    const deploys = await openDeploys(stage.serverUrls[0] ?? '')
    await door('upstream', { urls: [deploys.url] })
    await use(deploys)
    await door('upstream', { urls: stage.serverUrls })
    await deploys.stop()
  },
})

test('after a deploy the tab that the rep chooses opens all the same, with one reload', async ({
  page,
  stage,
  deploys,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await deploys.deploy('/sidebar/')
  await desk.showMaterials()
  await expect(desk.sidebar.getByRole('searchbox', { name: '搜索标题或摘要' })).toBeVisible()
  expect(deploys.missed.length).toBeGreaterThan(0)
  // A second deploy in the same window.
  await deploys.deploy('/sidebar/')
  await desk.sidebar.getByRole('button', { name: '切换到英文' }).click()
  await expect(desk.sidebar.getByRole('navigation', { name: 'Pages' })).toBeVisible()
})

test('a part that the server never gets back is said, with a button, and asks for no reload by itself', async ({
  page,
  stage,
  deploys,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await deploys.breakPart('/sidebar/', /^MaterialsPage/)
  await desk.showMaterials()
  const said = desk.sidebar.getByRole('alert').filter({ hasText: '有一部分没有加载出来' })
  await expect(said).toBeVisible()
  await expect(desk.sidebar.getByRole('heading', { name: '林悦' })).toBeVisible()
  await deploys.mendPart()
  await said.getByRole('button', { name: '重新加载' }).click()
  await desk.showMaterials()
  await expect(desk.sidebar.getByRole('searchbox', { name: '搜索标题或摘要' })).toBeVisible()
})

test('after a deploy the customer’s next page of H5 opens all the same', async ({
  page,
  stage,
  door,
  deploys,
}) => {
  const { id, src } = await door<{ id: string; src: string }>('webviews', {
    device: 'wechat',
    userId: 'linyue',
    url: '/h5/#/pages/home/index',
  })
  await page.goto(`${stage.sandboxUrl}/_sandbox/happenings`)
  await page.evaluate(
    ([name, address]) => {
      const frame = document.createElement('iframe')
      Object.assign(frame, { name, src: address, title: '微信', width: 400, height: 800 })
      document.body.replaceChildren(frame)
    },
    [id, src] as const,
  )
  const h5 = page.frameLocator('iframe[title="微信"]')
  await expect(h5.getByText('提交工单').first()).toBeVisible()
  await deploys.deploy('/h5/')
  await h5.getByText('提交工单').first().click()
  await expect(h5.getByText('问题描述').first()).toBeVisible()
  expect(deploys.missed.join()).toContain('pages-workorder-new')
})
