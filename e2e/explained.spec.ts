import { Desk, openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

test('a wrong signature is explained with both addresses instead of a spinner', async ({
  page,
  stage,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await desk.chooseScenario('签名校验不通过')
  await expect(desk.sidebar.getByText('页面签名没有通过')).toBeVisible()
  await expect(desk.sidebar.getByText(/签名的是 .*\/sidebar\/.*页面是/).first()).toBeVisible()
  await expect(desk.sidebar.getByRole('button', { name: '重试' })).toBeVisible()
})

test('an app without the permission says who has to grant it', async ({ page, stage }) => {
  const desk = await openDesk(page, stage.deskUrl)
  await desk.chooseScenario('没有接口权限')
  await expect(desk.sidebar.getByText('应用没有这项权限')).toBeVisible()
})

test('a client that is far too old is asked to be updated', async ({ page, stage }) => {
  const desk = await openDesk(page, stage.deskUrl)
  await desk.chooseScenario('很旧的客户端(2.8.0)')
  await expect(desk.sidebar.getByText('企业微信版本太旧')).toBeVisible()
})

test('a host that WeCom does not trust is named', async ({ page, stage, door }) => {
  const desk = await openDesk(page, stage.deskUrl)
  await door('trusted-hosts', { hosts: ['elsewhere.example'] })
  await desk.wecom.getByRole('button', { name: '刷新侧边栏' }).click()
  await expect(desk.sidebar.getByText('当前域名不可信')).toBeVisible()
})

test('a member outside the visible range of the app is told so at the sign-in', async ({
  page,
  stage,
  door,
}) => {
  await door('visible-range', { memberIds: [] })
  await page.goto(stage.deskUrl)
  await expect(new Desk(page).sidebar.getByText(/可见范围/).first()).toBeVisible()
})

test('a rep who cancels the push is not told that it was sent', async ({ page, stage }) => {
  const desk = await openDesk(page, stage.deskUrl)
  await desk.chooseScenario('员工取消发送')
  await expect(desk.sidebar.getByRole('heading', { name: '林悦' })).toBeVisible()
  await desk.showMaterials()
  await desk.sidebar
    .getByRole('button', { name: /^推送《/ })
    .first()
    .click()
  await expect(desk.sidebar.getByText('已取消发送')).toBeVisible()
})

test('a platform that refuses is quoted, and the page recovers when it answers again', async ({
  page,
  stage,
  door,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await door('faults', { path: '/wecom/cgi-bin/externalcontact/get', times: 20, errcode: 45009 })
  await desk.wecom.getByRole('listitem').filter({ hasText: '何静' }).click()
  await expect(desk.sidebar.getByText('客户资料没有加载出来')).toBeVisible()
  await desk.sidebar.getByText('给管理员的信息').click()
  await expect(desk.sidebar.getByText(/45009/)).toBeVisible()
  await fetch(`${stage.sandboxUrl}/_sandbox/faults`, { method: 'DELETE' })
  // The server asks WeCom again after a second.
  const heading = desk.sidebar.getByRole('heading', { name: '何静' })
  await expect(async () => {
    if (!(await heading.isVisible()))
      await desk.sidebar.getByRole('button', { name: '重试' }).click()
    await expect(heading).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 15_000 })
})

test('outside WeCom the sidebar says where to open it', async ({ page, stage }) => {
  await page.goto(`${stage.webviewUrl}/sidebar/`)
  await expect(page.getByText('请在企业微信中打开')).toBeVisible()
})

test('outside WeChat the mini program says where to open it', async ({ page, stage }) => {
  await page.goto(`${stage.webviewUrl}/h5/#/pages/workorder/list`)
  await expect(page.getByText('请在微信中打开')).toBeVisible()
})
