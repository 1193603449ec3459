import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

test('in a group chat the sidebar says so and pushes to the group', async ({ page, stage }) => {
  const desk = await openDesk(page, stage.deskUrl)
  await desk.wecom.getByRole('listitem', { name: '澜川设备保养交流群' }).click()
  await expect(desk.sidebar.getByText('当前是客户群')).toBeVisible()
  await desk.sidebar.getByText('去推送物料').click()
  await desk.sidebar.getByRole('button', { name: '推送《选型之前，先回答这 5 个问题》' }).click()
  await expect(desk.sidebar.getByText('已交给企业微信，发到客户群')).toBeVisible()
})

test("on a customer's card the sidebar shows the customer, and says why it cannot push from there", async ({
  page,
  stage,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await desk.wecom
    .getByRole('button', { name: /^查看 .* 的名片$/ })
    .first()
    .click()
  await expect(desk.wecom.getByRole('region', { name: '客户名片' })).toBeVisible()
  await expect(desk.sidebar.getByRole('heading', { name: '林悦' })).toBeVisible()
  await desk.showMaterials()
  await expect(desk.sidebar.getByText(/从客户资料页打开时不能推送/).first()).toBeVisible()
})
