import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

test('a scanned code of the official account shows it first; who follows gets the conversation with its menu', async ({
  page,
  stage,
  door,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await door('devices/wechat', { customerId: 'zhaoyiming' })
  await desk.phone.getByRole('button', { name: '发现' }).click()
  await desk.phone.getByRole('button', { name: '扫一扫' }).first().click()
  await desk.phone.getByRole('button', { name: '扫描 公众号：澜川压缩机' }).click()
  await expect(desk.phone.getByRole('region', { name: '公众号资料' })).toContainText('服务号')
  await desk.phone.getByRole('button', { name: '关注公众号' }).click()
  await expect(desk.phone.getByRole('log', { name: '手机聊天内容' })).toBeVisible()
  await expect(desk.phone.getByRole('navigation', { name: '公众号菜单' })).toBeVisible()
})

test('a page that is opened without a network shows WeChat’s error page, and loads when the network is back', async ({
  page,
  stage,
  door,
}) => {
  const url = `${stage.webviewUrl}/h5/#/pages/home/index`
  const card = { kind: 'link', title: '澜川资料', desc: '', imgUrl: '', url }
  await door('messages', {
    conversationId: 'zhou-lin',
    from: { kind: 'member', id: 'ZhouXiaolan' },
    card,
  })
  const desk = await openDesk(page, stage.deskUrl)
  await door('devices/wechat', { network: 'offline' })
  await expect(desk.phone.getByText('当前网络不可用，请检查你的网络设置')).toBeVisible()
  await desk.openChatOnPhone('周晓岚')
  await desk.phone.getByRole('button', { name: '打开链接 澜川资料' }).click()
  const web = desk.phone.frameLocator('iframe[title="网页"]')
  const again = web.getByRole('button', { name: '网络出错，轻触屏幕重新加载' })
  await expect(again).toBeVisible()
  // The rep is on another network.
  await desk.showMaterials()
  await expect(desk.sidebar.getByRole('searchbox', { name: '搜索标题或摘要' })).toBeVisible()
  await door('devices/wechat', { network: 'good' })
  await again.click()
  await expect(web.locator('uni-page')).toBeVisible()
})
