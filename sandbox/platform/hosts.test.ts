import { request } from 'node:http'
import { expect, it } from 'vitest'
import { openSandbox } from '../testing/open-sandbox.ts'

/** fetch sends no Host of ours. */
function ask(port: number, host: string, path: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: '127.0.0.1', path, headers: { host } }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += String(chunk)))
      response.on('end', () => resolve(JSON.parse(text) as Record<string, unknown>))
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
