import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

// Each journey has its own material: a scene's reset does not empty the server's database.

test('a rep pushes an article, the customer opens it, and its time and depth appear live beside the chat', async ({
  page,
  stage,
}) => {
  const article = '选型之前，先回答这 5 个问题'
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushAndOpen(article)
  await expect(desk.miniprogram.getByText('周晓岚 分享给您')).toBeVisible()

  const moment = desk.moment(article)
  await expect(moment).toContainText('林悦')
  await expect(moment).toContainText('正在看')
  // Scrolled to its end, the article is read to 100 %; the line changes in place and stays one
  // line.
  await desk.readToTheEnd()
  await expect(moment).toContainText('读到 100%')
  await expect(moment).toContainText(/\d+秒/)
  await expect(moment).toHaveCount(1)
  await expect(moment).not.toContainText('身份未确认')
})

test('a file that is read page by page tells the rep how far', async ({ page, stage }) => {
  const title = 'LC 系列螺杆空压机产品手册（2026 版）'
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushAndOpen(title)
  await expect(desk.miniprogram.getByText('共 6 页')).toBeVisible()
  await desk.miniprogram.getByLabel('第 4 页，共 6 页').scrollIntoViewIfNeeded()
  await expect(desk.moment(title)).toContainText(/看到第 [456]\/6 页/)
})

test('a friend to whom the customer forwards the card is shown as unconfirmed, never as the customer', async ({
  page,
  stage,
  door,
}) => {
  const article = '空压机高温报警，先别停产：现场三步排查'
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushMaterial(article)
  await desk.showTimeline()
  // Zhao Yiming follows neither the rep nor the official account: nothing tells who he is.
  const { conversations } = await door<{
    conversations: {
      id: string
      participants: { id: string }[]
      messages: { id: string; kind: string }[]
    }[]
  }>('state')
  const withRep = conversations.find(
    (one) =>
      one.participants.some(({ id }) => id === 'ZhouXiaolan') &&
      one.participants.some(({ id }) => id === 'linyue'),
  )
  const withFriend = conversations.find(
    (one) =>
      one.participants.some(({ id }) => id === 'zhaoyiming') &&
      one.participants.some(({ id }) => id === 'linyue'),
  )
  const card = withRep?.messages.findLast(({ kind }) => kind === 'miniprogram')
  await door('messages', {
    conversationId: withFriend?.id,
    from: { kind: 'customer', id: 'linyue' },
    repeat: { messageId: card?.id },
  })
  await door('devices/wechat', { customerId: 'zhaoyiming' })

  await desk.openChatOnPhone('林悦')
  await desk.openCard(article)
  const moment = desk.moment(article)
  await expect(moment).toContainText('通过你分享给 林悦 的链接，身份未确认')
  await expect(moment).toContainText('有人')
})

test('the H5 version of the mini program reads the same, and knows the customer by the official account', async ({
  page,
  stage,
}) => {
  const article = '案例｜汽车零部件厂空压站改造，单位能耗降 27%'
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushAndOpen(article)
  await expect(desk.miniprogram.getByText('周晓岚 分享给您')).toBeVisible()
  await desk.openAsH5()
  await expect(desk.miniprogram.locator('uni-page')).toBeVisible()
  await expect(desk.miniprogram.getByText('周晓岚 分享给您')).toBeVisible()
  await expect(desk.moment(article).first()).toContainText('林悦')
})
