import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

test('a page of the mini program that the customer forwards opens from its card, with its query', async ({ page, stage, door }) => {
  const article = '空压机高温报警，先别停产：现场三步排查'
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushAndOpen(article)
  await expect(desk.miniprogram.getByText('周晓岚 分享给您')).toBeVisible()

  await desk.phone.getByRole('button', { name: '更多' }).click()
  await desk.phone.getByRole('button', { name: '发送给朋友' }).click()
  const chooser = desk.phone.getByRole('list', { name: '选择一个朋友' })
  await chooser.getByRole('button', { name: '赵一鸣' }).click()
  await expect(desk.phone.getByText('已转发')).toBeVisible()
  await desk.phone.getByRole('button', { name: '关闭小程序' }).click()

  const { conversations } = await door<{ conversations: { messages: { kind: string; page?: string; from: { id: string } }[] }[] }>('state')
  const cards = conversations.flatMap(({ messages }) => messages).filter(({ kind, from }) => kind === 'miniprogram' && from.id === 'linyue')
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
