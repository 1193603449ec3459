import { expect, test } from 'vitest'
import { verifyPhone } from '../../shared/contract/identity.ts'
import { MiniProgram } from './app.ts'
import { useCleanPhones } from './clean-phones.ts'
import { Phone, type PhoneOptions } from './phone.ts'
import { makeScene, shareId } from './scene.ts'
import { Refusal } from '../../shared/testing/contract-server.ts'

const phones = useCleanPhones()
const gate = {
  name: '启明一厂东门',
  address: '上海市闵行区江川路 88 号',
  latitude: 31.0084,
  longitude: 121.4107,
}

async function openForm(options: Partial<PhoneOptions> = {}) {
  const scene = makeScene()
  const phone = phones.add(new Phone({ server: scene.server.answer, ...options }))
  const program = await MiniProgram.launch(phone, `pages/workorder/new?share=${shareId}`)
  return { ...scene, phone, program }
}

async function fillIn(program: MiniProgram): Promise<void> {
  await program.tap('报修，设备出现故障，需要维修')
  await program.type('问题描述', '运行时有异响 🔧，温升快')
  await program.type('联系人', '李工')
  await program.type('联系电话', '138 0013 8000')
}

test('a work order with a chosen location is submitted once, even when the button is tapped twice', async () => {
  const { orders, phone, program } = await openForm()
  phone.picksPlace = gate
  await fillIn(program)
  await program.tap('在地图上选择')
  expect(program.text).toContain('启明一厂东门')
  await program.tapTwice('提交工单')

  expect(orders).toHaveLength(1)
  expect(
    phone.requests.filter(
      (request) => request.method === 'POST' && request.path === '/api/workorders',
    ),
  ).toHaveLength(1)
  expect(phone.requests.find((request) => request.path === '/api/workorders')?.body).toMatchObject({
    type: 'repair',
    description: '运行时有异响 🔧，温升快',
    location: { source: 'chosen', ...gate },
    shareId,
  })
  expect(program.path).toBe('pages/workorder/detail')
  expect(program.text).toContain('WO-20261121-0001')
})

test('an order whose answer was lost becomes one order when it is sent again', async () => {
  const { server, orders, phone, program } = await openForm()
  phone.picksPlace = gate
  await fillIn(program)
  await program.tap('在地图上选择')
  // The client itself tries a second time.
  server.loseAnswersOf('/api/workorders', 2)
  await program.tap('提交工单')
  expect(program.text).toContain('再次提交不会重复创建工单')
  await program.tap('提交工单')
  expect(program.path).toBe('pages/workorder/detail')
  expect(orders).toHaveLength(1)
})

test('after a lost answer and a change the customer decides whether it is a second order', async () => {
  const { server, orders, phone, program } = await openForm()
  phone.picksPlace = gate
  await fillIn(program)
  await program.tap('在地图上选择')
  server.loseAnswersOf('/api/workorders', 2)
  await program.tap('提交工单')
  await program.type('问题描述', '另外，漏油')
  await program.tap('提交工单')
  expect(program.text).toContain('刚才的工单已经提交成功')
  expect(orders).toHaveLength(1)
  await program.tap('提交为新工单')
  expect(orders.map((order) => order.description)).toEqual([
    '另外，漏油',
    '运行时有异响 🔧，温升快',
  ])
  expect(program.path).toBe('pages/workorder/detail')
})

test('a customer who refuses the location types the address instead', async () => {
  const { orders, phone, program } = await openForm()
  phone.answersLocation = 'refuse'
  await fillIn(program)
  await program.tap('使用当前位置')
  expect(program.text).toContain('未获得位置权限')
  expect(program.has('去设置')).toBe(true)
  await program.type('手动填写地址', '江苏省苏州市工业园区 1 号')
  await program.tap('提交工单')
  expect(orders[0]?.location).toMatchObject({
    source: 'typed',
    address: '江苏省苏州市工业园区 1 号',
    latitude: null,
  })
})

test('a customer who allows the location in the settings can measure it after all', async () => {
  const { orders, phone, program } = await openForm({ location: 'denied' })
  await fillIn(program)
  await program.tap('使用当前位置')
  expect(program.text).toContain('未获得位置权限')
  phone.inSettings = 'allow'
  await program.tap('去设置')
  expect(program.text).not.toContain('未获得位置权限')
  await program.tap('使用当前位置')
  expect(program.text).toContain('误差约 25 米')
  await program.tap('提交工单')
  expect(orders[0]?.location).toMatchObject({
    source: 'measured',
    latitude: 31.2304,
    longitude: 121.4737,
  })
})

test('the privacy guide is asked first, and agreeing goes on with what was tapped', async () => {
  const { phone, program } = await openForm({ privacy: 'needed' })
  await program.tap('使用当前位置')
  expect(program.text).toContain('用户隐私保护提示')
  expect(program.text).not.toContain('误差约')
  await program.tap('同意并继续')
  expect(phone.privacy).toBe('agreed')
  expect(program.text).toContain('误差约 25 米')
})

test('the privacy guide that the phone button raises speaks of the number, and the one of the map speaks of place and photos', async () => {
  const { server, phone, program } = await openForm({ privacy: 'needed' })
  server.on(verifyPhone, () => ({ phone: '13812340017', masked: '138****0017' }))
  phone.phoneCode = 'fresh'
  await program.tap('使用微信手机号')
  expect(program.text).toContain('我们才会获取您的手机号')
  expect(program.text).not.toContain('位置和照片')
  await program.tap('不同意')
  expect(program.text).not.toContain('用户隐私保护提示')
  await program.tap('使用当前位置')
  expect(program.text).toContain('您选择的位置和照片')
  expect(program.text).not.toContain('获取您的手机号')
  await program.tap('不同意')
  await program.tap('使用微信手机号')
  await program.tap('同意并继续')
  expect(phone.privacy).toBe('agreed')
  expect(program.find('联系电话').getAttribute('value')).toBe('13812340017')
})

test('refusing the privacy guide leaves the typed address', async () => {
  const { program } = await openForm({ privacy: 'needed' })
  await program.tap('使用当前位置')
  await program.tap('不同意')
  expect(program.text).not.toContain('用户隐私保护提示')
  await program.type('手动填写地址', '一车间')
  expect(program.text).not.toContain('请选择或填写服务地点')
})

test('an unfinished order survives a restart', async () => {
  const { server, phone, program } = await openForm()
  phone.picksPlace = gate
  await fillIn(program)
  await program.tap('在地图上选择')
  const key = (
    JSON.parse(phone.storage.get('chatside.workorder-draft') ?? '{}') as { key?: string }
  ).key

  const restarted = phones.add(new Phone({ server: server.answer, storage: phone.storage }))
  const again = await MiniProgram.launch(restarted, 'pages/workorder/new')
  expect(again.text).toContain('已恢复上次未提交的内容')
  expect(again.text).toContain('启明一厂东门')
  await again.tap('提交工单')
  expect(
    restarted.requests.find((request) => request.path === '/api/workorders')?.headers[
      'idempotency-key'
    ],
  ).toBe(key)
  expect(again.path).toBe('pages/workorder/detail')

  const next = await MiniProgram.launch(restarted, 'pages/workorder/new')
  expect(next.text).not.toContain('已恢复上次未提交的内容')
})

test('the number that WeChat knows is filled in with one tap; who refuses types it', async () => {
  const { server, phone, program } = await openForm()
  const codes: string[] = []
  server.on(verifyPhone, ({ body }) => {
    codes.push(body.code)
    if (body.code === 'used') throw new Refusal('phone_code_invalid')
    return { phone: '13812340017', masked: '138****0017' }
  })
  await program.type('联系电话', '138')
  await program.tap('使用微信手机号')
  expect(codes).toEqual([])
  expect(program.find('联系电话').getAttribute('value')).toBe('138')
  phone.phoneCode = 'used'
  await program.tap('使用微信手机号')
  expect(phone.toasts.at(-1)).toContain('没有拿到手机号')
  expect(program.find('联系电话').getAttribute('value')).toBe('138')
  phone.phoneCode = 'fresh'
  await program.tap('使用微信手机号')
  expect(program.find('联系电话').getAttribute('value')).toBe('13812340017')
})

test('what is missing is said beside its field, and nothing is sent', async () => {
  const { phone, program } = await openForm()
  await program.type('联系电话', '12')
  await program.tap('提交工单')
  for (const words of [
    '请选择服务类型',
    '请填写问题描述',
    '请填写联系人',
    '请填写正确的电话号码',
    '请选择或填写服务地点',
  ])
    expect(program.text).toContain(words)
  expect(phone.requests.some((request) => request.path === '/api/workorders')).toBe(false)
  await program.type('联系电话', '13800138000')
  expect(program.text).not.toContain('请填写正确的电话号码')
})

test('an unknown serial number is said to be unknown and still sent; a scanned label fills in the right one', async () => {
  const { orders, phone, program } = await openForm()
  await fillIn(program)
  await program.tap('手动填写地址')
  await program.type('手动填写地址', '一车间')
  await program.type('设备序列号', 'QM-999')
  expect(program.text).toContain('暂未登记这个编号')
  phone.scans = 'https://qm.example/device?sn=QM-001'
  await program.tap('扫码')
  await program.pass(10)
  expect(program.text).toContain('QM 减速机 R47 · 一车间')
  expect(program.text).not.toContain('暂未登记这个编号')
  await program.type('设备序列号', 'QM-999')
  await program.tap('提交工单')
  expect(orders).toMatchObject([{ equipment: { sn: 'QM-999', verified: false } }])
  expect(program.text).toContain('QM-999 · 编号待核实')
})

test('photos are uploaded as they are chosen; a failed one can be tried again', async () => {
  const { orders, phone, program } = await openForm()
  await fillIn(program)
  await program.tap('手动填写地址')
  await program.type('手动填写地址', '一车间')
  phone.picksPhotos = ['wxfile://tmp/1.jpg']
  phone.online = false
  await program.tap('添加照片')
  expect(program.text).toContain('上传失败')
  await program.tap('提交工单')
  expect(phone.toasts.at(-1)).toContain('有照片上传失败')
  phone.setOnline(true)
  await program.tap('上传失败')
  expect(phone.requests.find((request) => request.path === '/api/files')?.file).toBe(
    'wxfile://tmp/1.jpg',
  )
  await program.tap('提交工单')
  expect(orders[0]?.photos).toHaveLength(1)
})

test('a photo that is too large is left out before it is uploaded, and the customer is told', async () => {
  const { phone, program } = await openForm()
  phone.picksPhotos = ['wxfile://tmp/1.jpg']
  phone.photoBytes = 10 * 1024 * 1024 + 1
  await program.tap('添加照片')
  expect(phone.toasts.at(-1)).toContain('超过 10 MB')
  expect(program.text).not.toContain('上传失败')
  expect(phone.requests.some((request) => request.path === '/api/files')).toBe(false)
})

test('a customer sees their orders and withdraws one with a reason', async () => {
  const { orders, phone, program } = await openForm()
  phone.picksPlace = gate
  await fillIn(program)
  await program.tap('在地图上选择')
  await program.tap('提交工单')
  await program.tap('我的工单')
  expect(program.path).toBe('pages/workorder/list')
  expect(program.text).toContain('待受理')
  await program.tap('报修，待受理，运行时有异响 🔧，温升快')
  await program.tap('取消工单')
  await program.tap('问题已解决')
  await program.tap('取消工单')
  expect(orders[0]?.status).toBe('cancelled')
  expect(program.text).toContain('您：问题已解决')
})

test('the open order follows what is done with it, on two phones, and asks nothing while it is hidden or without a network', async () => {
  const { server, orders, phone, program } = await openForm()
  phone.picksPlace = gate
  await fillIn(program)
  await program.tap('在地图上选择')
  await program.tap('提交工单')
  const [order] = orders
  if (!order) throw new Error('no order came')
  await program.leave()
  const detail = `pages/workorder/detail?id=${order.id}`
  const second = phones.add(new Phone({ server: server.answer }))
  const viewers = [
    await MiniProgram.launch(phone, detail),
    await MiniProgram.launch(second, detail),
  ]
  for (const viewer of viewers) expect(viewer.text).toContain('待受理')
  order.status = 'accepted'
  order.history.push({ status: 'accepted', at: order.createdAt, by: 'member', note: '王师傅上门' })
  for (const viewer of viewers) {
    await viewer.pass(3_000)
    expect(viewer.text).toContain('已受理')
    expect(viewer.text).toContain('王师傅上门')
  }
  const [viewer] = viewers
  await viewer?.leave()
  const asked = phone.requests.length
  await viewer?.pass(60_000)
  expect(phone.requests).toHaveLength(asked)
  order.status = 'in_progress'
  await viewer?.comeBack()
  expect(viewer?.text).toContain('处理中')
  phone.setOnline(false)
  await viewer?.pass(10_000)
  expect(viewer?.text).toContain('处理中')
})

test('a list that cannot be refreshed keeps what it shows', async () => {
  const { phone, program } = await openForm()
  phone.picksPlace = gate
  await fillIn(program)
  await program.tap('在地图上选择')
  await program.tap('提交工单')
  await program.tap('我的工单')
  phone.setOnline(false)
  await program.pullDown()
  expect(program.text).toContain('启明一厂东门')
  expect(program.text).toContain('请检查网络后重试')
})
