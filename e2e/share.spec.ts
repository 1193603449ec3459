import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

test('a page of the mini program that the customer forwards opens from its card, with its query', async ({
  page,
  stage,
  door,
}) => {
  const article = '空压机高温报警，先别停产：现场三步排查'
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushAndOpen(article)
  await expect(desk.miniprogram.getByText('周晓岚 分享给您')).toBeVisible()

  await desk.forwardTo('赵一鸣')
  await desk.closeMiniprogram()

  const { conversations } = await door<{
    conversations: { messages: { kind: string; page?: string; from: { id: string } }[] }[]
  }>('state')
  const cards = conversations
    .flatMap(({ messages }) => messages)
    .filter(({ kind, from }) => kind === 'miniprogram' && from.id === 'linyue')
  const [, query = ''] = cards.at(-1)?.page?.split('?') ?? []
  expect(query).not.toBe('')

  await door('devices/wechat', { customerId: 'zhaoyiming' })
  await desk.openChatOnPhone('林悦')
  await desk.openCard(article)
  await expect(desk.miniprogram.getByText(article).first()).toBeVisible()
  const place = () =>
    door<{ webviews: { userId: string; url: string }[] }>('state').then(
      ({ webviews }) => webviews.find(({ userId }) => userId === 'zhaoyiming')?.url,
    )
  await expect.poll(place).toContain(`?${query}`)
})
