import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

test.use({ servers: 2 })

test('with two servers, what the customer reports to one appears live on the stream of the other', async ({
  page,
  stage,
}) => {
  const article = '永磁变频空压机：75 kW 一年少付 11 万电费'
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushAndOpen(article)
  const moment = desk.moment(article)
  await expect(moment).toContainText('林悦')
  await desk.readToTheEnd()
  await expect(moment).toContainText('读到 100%')

  // Proof that two processes shared the work: each has seen only its own half.
  const [reps, customers] = await Promise.all(
    stage.serverUrls.map(async (url) => await (await fetch(`${url}/metrics`)).text()),
  )
  expect(reps).toMatch(/route="\/api\/persons\/:id\/moments"/)
  expect(reps).not.toMatch(/route="\/api\/track"/)
  expect(customers).toMatch(/route="\/api\/track"/)
  expect(customers).not.toMatch(/route="\/api\/persons\/:id\/moments"/)
})

test('tickets that WeCom ended early are fetched anew, and the rep notices nothing', async ({
  page,
  stage,
  door,
}) => {
  // Here, where no other journey has a signature refused: a client's word is believed once in two
  // minutes.
  const desk = await openDesk(page, stage.deskUrl)
  await door('tickets/revoke', {})
  await desk.wecom.getByRole('button', { name: '刷新侧边栏' }).click()
  await expect(desk.sidebar.getByRole('heading', { name: '林悦' })).toBeVisible()
  await expect(desk.sidebar.getByText('页面签名没有通过')).toBeHidden()
})

test('a server that is killed while the customer reads comes back, and nothing is missing from the timeline', async ({
  page,
  stage,
}) => {
  const article = '空压机高温报警，先别停产：现场三步排查'
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushAndOpen(article)
  await expect(desk.moment(article)).toContainText('正在看')
  await stage.kill(0)
  await desk.readToTheEnd()
  await stage.restart(0)
  await expect(desk.sidebar.getByText('实时', { exact: true })).toBeVisible({ timeout: 30_000 })
  await expect(desk.moment(article)).toContainText('读到 100%')
  await expect(desk.moment(article)).toHaveCount(1)
})
