import { request } from 'node:http'
import { expect, it } from 'vitest'
import { openSandbox } from '../testing/open-sandbox.ts'

/** fetch sends no Host of ours. */
async function ask(port: number, host: string, path: string): Promise<Record<string, unknown>> {
  return JSON.parse((await fetchAs(port, host, path)).text) as Record<string, unknown>
}

function fetchAs(
  port: number,
  host: string,
  path: string,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: '127.0.0.1', path, headers: { host } }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += String(chunk)))
      response.on('end', () => resolve({ status: response.statusCode, text }))
    })
    call.on('error', reject)
    call.end()
  })
}

it('serves a client that takes a host but no path, by the first part of its name', async () => {
  const { port, env } = await openSandbox()
  const wecom = `/cgi-bin/gettoken?corpid=${env.WECOM_CORP_ID}&corpsecret=${env.WECOM_AGENT_SECRET}`
  expect(await ask(port, `qyapi.localhost:${port}`, wecom)).toMatchObject({
    errcode: 0,
    access_token: expect.any(String),
  })
  const wechat = `/cgi-bin/token?grant_type=client_credential&appid=${env.MINIPROGRAM_APP_ID}&secret=${env.MINIPROGRAM_APP_SECRET}`
  expect(await ask(port, `api.weixin.test:${port}`, wechat)).toMatchObject({
    access_token: expect.any(String),
  })
  expect(await ask(port, `qyapi.localhost:${port}`, `/wecom${wecom}`)).toMatchObject({ errcode: 0 })
})

it('answers 404 to what it does not know on a platform’s host or path, and never with the desk', async () => {
  const { port } = await openSandbox()
  const local = `localhost:${port}`
  const places: [host: string, path: string][] = [
    [`qyapi.${local}`, '/'],
    [`qyapi.${local}`, '/cgi-bin/nothing'],
    [`api.${local}`, '/'],
    [`api.${local}`, '/sns/nothing'],
    [`open.${local}`, '/'],
    [`open.${local}`, '/connect/nothing'],
    [`mp.${local}`, '/'],
    [`mp.${local}`, '/cgi-bin/nothing'],
    [local, '/wecom'],
    [local, '/wechat'],
    [local, '/open'],
    // A client whose base address lacks its `/wecom`.
    [local, '/cgi-bin/gettoken'],
    [local, '/_sandbox/nothing'],
  ]
  for (const [host, path] of places) {
    const { status, text } = await fetchAs(port, host, path)
    expect([host, path, status]).toEqual([host, path, 404])
    expect(text).not.toContain('<html')
  }
  expect((await fetchAs(port, local, '/')).text).toContain('<!doctype html>')
})

it('serves what WeChat shows to browsers under mp.', async () => {
  const { port } = await openSandbox()
  const unknown = await fetchAs(port, `mp.localhost:${port}`, '/u/none')
  expect(unknown).toMatchObject({ status: 200, text: expect.stringContaining('链接已失效') })
})
