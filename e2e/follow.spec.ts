import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

const article = '无油还是微油？食品、医药行业的用气等级怎么定'
const other = '案例｜乳品厂无油供气，灌装线 400 天零油污停机'

test('a rep who follows one material sees only that, live, and then how far it was handed on', async ({
  page,
  stage,
  door,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushMaterial(other)
  await desk.pushAndOpen(article)
  const lines = desk.moment(article)
  const more = lines.first().getByRole('button', { name: '筛选与效果' })
  await more.click()
  await lines.first().getByRole('button', { name: '只看这份物料' }).click()
  const filters = desk.sidebar.getByRole('group', { name: '已启用的筛选' })
  await expect(filters).toContainText(article)
  await expect(lines).toHaveCount(1)

  // The other one is opened in between: when the next visit has arrived, so has that.
  await desk.closeMiniprogram()
  await desk.openCard(other)
  await expect(desk.miniprogram.getByText(other).first()).toBeVisible()
  await desk.closeMiniprogram()
  await desk.openCard(article)
  // Visits of one sitting are one line.
  await expect(lines).toContainText('2 次')
  await expect(desk.moment(other)).toHaveCount(0)
  await filters.getByRole('button', { name: '清除筛选' }).click()
  await expect(desk.moment(other)).toHaveCount(1)

  await desk.forwardTo('赵一鸣')
  await desk.closeMiniprogram()
  await door('devices/wechat', { customerId: 'zhaoyiming' })
  await desk.openChatOnPhone('林悦')
  await desk.openCard(article)
  await expect(desk.miniprogram.getByText(article).first()).toBeVisible()

  await more.click()
  const effect = lines.first().getByRole('button', { name: '推送效果' })
  const sheet = desk.sidebar.getByRole('dialog', { name: '推送效果' })
  await effect.click()
  // The friend's visit may arrive while the rep looks on.
  const tree = sheet.getByRole('list', { name: '转发' })
  await expect(tree.getByRole('listitem').filter({ hasText: '林悦 转发' }).last()).toContainText(
    '1 人打开 1 次',
  )
  await expect(sheet).toContainText('转发 1 次，转发出去的链接被打开 1 次')
  await page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  await expect(effect).toBeFocused()
})
