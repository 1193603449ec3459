import { openDesk, type Desk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

const article = '永磁变频空压机：75 kW 一年少付 11 万电费'

async function openForm(desk: Desk): Promise<void> {
  await desk.pushAndOpen(article)
  await desk.miniprogram.getByText('报修 / 咨询').click()
}

async function fillForm(desk: Desk, description: string): Promise<void> {
  const form = desk.miniprogram
  await form.getByText('报修', { exact: true }).click()
  await form.getByRole('textbox', { name: '问题描述' }).fill(description)
  await form.getByRole('textbox', { name: '联系人' }).fill('林悦')
  await form.getByRole('textbox', { name: '联系电话' }).fill('138 0013 8000')
}

test('a customer submits a work order with a place chosen on the map, and the rep opens it from the timeline', async ({
  page,
  stage,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await openForm(desk)
  await fillForm(desk, '2 号车间空压机排气温度过高 🔥 请尽快')
  const form = desk.miniprogram
  await form.getByRole('button', { name: '在地图上选择' }).click()
  // WeChat asks for the agreement to the privacy guide once, then for the location: the map opens
  // where the phone is.
  await form.getByRole('button', { name: '同意并继续' }).click()
  await desk.phone.getByRole('button', { name: '允许' }).click()
  const picker = form.getByRole('dialog', { name: '选择位置' })
  await picker.getByLabel(/^地图/).press('ArrowRight')
  await picker.getByRole('textbox', { name: '地点名称' }).fill('恒进精密 2 号车间')
  await picker.getByRole('textbox', { name: '详细地址' }).fill('上海市嘉定区曹安公路 4800 号')
  await picker.getByRole('button', { name: '确定' }).click()
  await expect(form.getByText('恒进精密 2 号车间')).toBeVisible()
  await form.getByRole('button', { name: '提交工单' }).click()
  await expect(form.getByText(/^WO-\d{8}-\d{4}$/)).toBeVisible()

  const moment = desk.moment(/提交了报修工单 WO-/).first()
  await expect(moment).toContainText('林悦')
  await moment.getByRole('button').or(moment.getByRole('link')).first().click()
  await expect(desk.sidebar.getByText('2 号车间空压机排气温度过高 🔥 请尽快')).toBeVisible()
  await expect(desk.sidebar.getByText('客户在地图上选择')).toBeVisible()
  await expect(desk.sidebar.getByText(/上海市嘉定区曹安公路 4800 号/).first()).toBeVisible()
})

test('a customer who refuses the location types the address, and the order arrives without coordinates', async ({
  page,
  stage,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await openForm(desk)
  await fillForm(desk, '空压机无法启动')
  const form = desk.miniprogram
  await form.getByRole('button', { name: '使用当前位置' }).click()
  await form.getByRole('button', { name: '同意并继续' }).click()
  await desk.phone.getByRole('button', { name: '拒绝' }).click()
  await expect(form.getByText('未获得位置权限')).toBeVisible()
  await form.getByRole('textbox', { name: '手动填写地址' }).fill('江苏省昆山市玉山镇 18 号')
  await form.getByRole('button', { name: '提交工单' }).click()
  await expect(form.getByText(/^WO-\d{8}-\d{4}$/)).toBeVisible()

  const moment = desk.moment(/提交了报修工单 WO-/).first()
  await moment.getByRole('button').or(moment.getByRole('link')).first().click()
  await expect(desk.sidebar.getByText('客户手动填写，没有坐标')).toBeVisible()
})
