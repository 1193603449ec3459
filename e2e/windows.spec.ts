import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'
import { Wecom } from './support/wecom.ts'

test("on the rep's phone the same chat opens our page full screen, and pushes from there", async ({
  page,
  stage,
}) => {
  await openDesk(page, stage.deskUrl)
  const wecom = new Wecom(page)
  await wecom.turnTo('手机端')
  await wecom.openChat(/^林悦/)
  await wecom.openTool()
  await expect(wecom.app.getByRole('heading', { name: '林悦' })).toBeVisible()
  await wecom.app
    .getByRole('navigation', { name: '页面' })
    .getByText('物料', { exact: true })
    .click()
  await wecom.app
    .getByRole('button', { name: /^推送《/ })
    .first()
    .click()
  await expect(wecom.app.getByText('已交给企业微信，发给 林悦')).toBeVisible()
  await wecom.window.getByRole('button', { name: '关闭应用' }).click()
  await expect(wecom.window.getByRole('log').getByRole('article').last()).toContainText('小程序')
  // It is one world: the desktop shows the same chat with the same card.
  await wecom.turnTo('桌面端')
  await expect(wecom.window.getByRole('log').getByRole('article').last()).toContainText('小程序')
})

for (const client of ['桌面端', '手机端'] as const) {
  test(`our page opens from the attachment menu and from the workbench: ${client}`, async ({
    page,
    stage,
    door,
  }) => {
    const entries = async () =>
      (await door<{ webviews: { entry: string }[] }>('state')).webviews.map(({ entry }) => entry)
    await openDesk(page, stage.deskUrl)
    const wecom = new Wecom(page)
    await wecom.turnTo(client)
    await wecom.openChat(/^林悦/)
    await wecom.openAttachment()
    const attachment = client === '桌面端' ? wecom.attachment : wecom.app
    // From there WeCom does not say who the customer is (WW-91799): the page says so, and sends
    // into the open chat all the same.
    await expect(attachment.getByText('企业微信在附件栏不告诉我们客户是谁')).toBeVisible()
    await attachment
      .getByRole('button', { name: /^推送《/ })
      .first()
      .click()
    await expect(attachment.getByText('已交给企业微信，发到当前会话')).toBeVisible()
    expect(await entries()).toContain('chat_attachment')
    await wecom.window
      .getByRole('button', { name: client === '桌面端' ? '关闭' : '关闭应用', exact: true })
      .click()
    if (client === '手机端')
      await wecom.window.getByRole('button', { name: '返回聊天列表' }).click()
    await wecom.openFromWorkbench()
    await expect(wecom.app.getByText('还没有选择客户')).toBeVisible()
    expect(await entries()).toEqual(['normal'])
  })
}

test('a client that must config before agentConfig shows the customer all the same', async ({
  page,
  stage,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await desk.chooseScenario('3.0.20（必须先 config）')
  await expect(desk.sidebar.getByRole('heading', { name: '林悦' })).toBeVisible()
})
