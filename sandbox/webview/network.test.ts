import type { Frame } from '@playwright/test'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Network } from '../api.ts'
import { openStage, show, type Stage } from '../testing/open-stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
}, 60_000)
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.post('/_sandbox/reset', { scene: 'demo' }))

/** The desk does both: it tells the sandbox, and, when the stream says so, the frames. */
async function become(frame: Frame, network: Network) {
  await stage.sandbox.post('/_sandbox/devices/wechat', { network })
  await frame
    .page()
    .evaluate(
      (next) => window.frames[0]?.postMessage({ sandbox: 'network', network: next }, '*'),
      network,
    )
}

function call(frame: Frame, path: string): Promise<string> {
  return frame.evaluate(
    (to) =>
      fetch(to).then(
        () => 'answered',
        () => 'failed',
      ),
    path,
  )
}

describe('a page on the phone', () => {
  const page = { device: 'wechat', userId: 'linyue', url: '/page' } as const

  it('knows when the network goes and comes, and its calls fail meanwhile', async () => {
    const { frame } = await show(stage, page)
    await frame.evaluate(() => {
      const heard: string[] = []
      Object.assign(window, { heard })
      for (const name of ['offline', 'online'])
        window.addEventListener(name, () => heard.push(`${name} ${navigator.onLine}`))
    })
    const heard = () => frame.evaluate(() => (window as unknown as { heard: string[] }).heard)
    await become(frame, 'offline')
    await expect.poll(heard).toEqual(['offline false'])
    expect(await call(frame, '/page?x=1')).toBe('failed')
    const request = await frame.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const xhr = new XMLHttpRequest()
          xhr.onload = () => resolve('answered')
          xhr.onerror = () => resolve('failed')
          xhr.open('POST', '/page')
          xhr.send('x')
        }),
    )
    expect(request).toBe('failed')
    await become(frame, 'weak')
    await become(frame, 'good')
    await expect.poll(heard).toEqual(['offline false', 'online true'])
    expect(await call(frame, '/page?x=1')).toBe('answered')
  })

  it('is WeChat’s error page without a network, knows that it is offline, and loads again at a tap', async () => {
    await stage.sandbox.post('/_sandbox/devices/wechat', { network: 'offline' })
    const { frame } = await show(stage, page)
    await expect.poll(() => frame.evaluate(() => navigator.onLine)).toBe(false)
    await frame.getByRole('button', { name: '网络出错，轻触屏幕重新加载' }).click()
    await expect.poll(() => frame.evaluate(() => document.title)).toBe('网络不可用')
    await stage.sandbox.post('/_sandbox/devices/wechat', { network: 'good' })
    await frame.getByRole('button', { name: '网络出错，轻触屏幕重新加载' }).click()
    await expect.poll(() => frame.title()).toBe('客户')
  })

  it('loses the fifth of five calls on a weak network; the browser does not repeat it by itself', async () => {
    const { frame } = await show(stage, page)
    // Connections that were used before are the ones that a browser would use again for a
    // repetition.
    await call(frame, '/page?warm=1')
    await become(frame, 'weak')
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((turn) => call(frame, `/page?turn=${turn}`)),
    )
    expect(answers.filter((one) => one === 'failed')).toHaveLength(1)
  })
})

it('the rep’s pages go on as if nothing had happened', async () => {
  const { frame } = await show(stage, { device: 'wecom', userId: 'ZhouXiaolan', url: '/page' })
  await become(frame, 'offline')
  expect(await call(frame, '/page?x=1')).toBe('answered')
  expect(await frame.evaluate(() => navigator.onLine)).toBe(true)
})
