import { createDecipheriv, createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { appids, openWechat, openids, type OpenedWechat } from '../../testing/open-wechat.ts'

const openid = openids.linyue.miniprogram

async function logIn({ env, get, post }: OpenedWechat, more: Record<string, string> = {}) {
  const { code } = await post('/_sandbox/codes', { kind: 'miniprogram', customerId: 'linyue' })
  const given = {
    appid: appids.miniprogram,
    secret: env.MINIPROGRAM_APP_SECRET ?? '',
    grant_type: 'authorization_code',
  }
  const url = `/wechat/sns/jscode2session?${new URLSearchParams({ ...given, js_code: String(code), ...more })}`
  return { url, reply: await get(url) }
}

describe('sns/jscode2session', () => {
  it('tells who logged in, without an errcode, and only once', async () => {
    const wechat = await openWechat()
    const { url, reply } = await logIn(wechat)
    expect(reply).toEqual({
      openid,
      unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1',
      session_key: expect.any(String),
    })
    expect(Buffer.from(String(reply.session_key), 'base64')).toHaveLength(16)
    expect(await wechat.get(url)).toMatchObject({
      errcode: 40163,
      errmsg: expect.stringMatching(/^code been used, rid: /),
    })
  })

  it('refuses late and invented codes and wrong secrets', async () => {
    const wechat = await openWechat()
    const { code } = await wechat.post('/_sandbox/codes', {
      kind: 'miniprogram',
      customerId: 'linyue',
    })
    await wechat.post('/_sandbox/clock', { advanceSeconds: 301 })
    expect((await logIn(wechat, { js_code: String(code) })).reply).toMatchObject({ errcode: 40029 })
    expect((await logIn(wechat, { js_code: 'nonsense' })).reply).toMatchObject({ errcode: 40029 })
    expect((await logIn(wechat, { secret: 'wrong' })).reply).toMatchObject({ errcode: 40125 })
    expect((await logIn(wechat, { appid: 'wx0000000000000000' })).reply).toMatchObject({
      errcode: 40013,
    })
    expect((await logIn(wechat, { js_code: '' })).reply).toMatchObject({ errcode: 41008 })
  })
})

it('a login of a risky customer is blocked, and more than a hundred in a minute are refused', async () => {
  const wechat = await openWechat()
  await wechat.happen('miniprogram.block', { customerId: 'linyue', isBlocked: true })
  const { url, reply } = await logIn(wechat)
  expect(reply).toMatchObject({ errcode: 40226 })
  await wechat.happen('miniprogram.block', { customerId: 'linyue', isBlocked: false })
  expect(await wechat.get(url)).toMatchObject({ openid })
  for (let done = 1; done < 100; done += 1) await wechat.get(url)
  expect(await wechat.get(url)).toMatchObject({ errcode: 45011 })
})

describe('a session key', () => {
  it('is checked and replaced by who knows it: wxa/checksession, wxa/resetusersessionkey', async () => {
    const wechat = await openWechat()
    const sign = (key: unknown) => createHmac('sha256', String(key)).update('').digest('hex')
    const call = (path: string, signature: string, more = {}) =>
      wechat.as('miniprogram', `wxa/${path}`, undefined, {
        openid,
        signature,
        sig_method: 'hmac_sha256',
        ...more,
      })
    expect(await call('checksession', 'x')).toMatchObject({ errcode: 87007 })
    const { session_key: key } = (await logIn(wechat)).reply
    expect(await call('checksession', sign(key))).toEqual({ errcode: 0, errmsg: 'ok' })
    expect(await call('checksession', sign('x'))).toMatchObject({ errcode: 87009 })
    expect(await call('checksession', sign(key), { openid: 'nobody' })).toMatchObject({
      errcode: 40003,
    })
    expect(await call('checksession', sign(key), { sig_method: 'md5' })).toMatchObject({
      errcode: 63003,
    })
    const reset = await call('resetusersessionkey', sign(key))
    expect(reset).toMatchObject({ errcode: 0, openid, session_key: expect.any(String) })
    expect(await call('checksession', sign(key))).toMatchObject({ errcode: 87009 })
    expect((await logIn(wechat)).reply.session_key).toBe(reset.session_key)
  })

  it('opens keys of their own for traffic, three at a time: wxa/business/getuserencryptkey', async () => {
    const wechat = await openWechat()
    const { session_key: key } = (await logIn(wechat)).reply
    const signature = createHmac('sha256', String(key)).update('').digest('hex')
    const read = async () => {
      const query = { openid, signature, sig_method: 'hmac_sha256' }
      return (await wechat.as('miniprogram', 'wxa/business/getuserencryptkey', {}, query))
        .key_info_list as Record<string, unknown>[]
    }
    const [newest, second, third] = await read()
    expect(newest).toMatchObject({
      encrypt_key: expect.any(String),
      iv: expect.stringMatching(/^[\da-f]{16}$/),
    })
    expect([Number(newest?.expire_in) > 0, second?.expire_in, third?.expire_in]).toEqual([
      true,
      0,
      0,
    ])
    await wechat.post('/_sandbox/clock', { advanceSeconds: 3600 })
    expect((await read())[1]).toEqual({ ...newest, expire_in: 0 })
  })

  it('encrypts what a page is given, which wxa/business/checkencryptedmsg knows again for three days', async () => {
    const wechat = await openWechat()
    const { session_key: key } = (await logIn(wechat)).reply
    const made = await wechat.post('/_sandbox/encrypted-data', {
      customerId: 'linyue',
      data: { phoneNumber: '138' },
    })
    const bytes = Buffer.from(String(made.encryptedData), 'base64')
    const decipher = createDecipheriv(
      'aes-128-cbc',
      Buffer.from(String(key), 'base64'),
      Buffer.from(String(made.iv), 'base64'),
    )
    const plain = JSON.parse(
      Buffer.concat([decipher.update(bytes), decipher.final()]).toString(),
    ) as unknown
    expect(plain).toEqual({
      phoneNumber: '138',
      watermark: { timestamp: expect.any(Number), appid: appids.miniprogram },
    })
    expect(made.signature).toBe(
      createHash('sha1')
        .update(`${String(made.rawData)}${String(key)}`)
        .digest('hex'),
    )
    const check = (encrypted_msg_hash: string) =>
      wechat.as('miniprogram', 'wxa/business/checkencryptedmsg', { encrypted_msg_hash })
    const hash = createHash('sha256').update(bytes).digest('hex')
    expect(await check(hash)).toMatchObject({ errcode: 0, vaild: true })
    expect(await check('another')).toMatchObject({ vaild: false })
    await wechat.post('/_sandbox/clock', { advanceSeconds: 3 * 86_400 })
    expect(await check(hash)).toMatchObject({ vaild: false })
  })
})

it('wxa/business/getuserphonenumber takes a code of its own, once, for five minutes', async () => {
  const wechat = await openWechat()
  const ask = async (customerId = 'linyue') =>
    String((await wechat.happen('miniprogram.phone', { customerId })).code)
  const read = (code: string, more = {}) =>
    wechat.as('miniprogram', 'wxa/business/getuserphonenumber', { code, ...more })
  const code = await ask()
  expect(await read(code, { openid: 'another' })).toMatchObject({ errcode: 40003 })
  expect(await read(code)).toEqual({
    errcode: 0,
    errmsg: 'ok',
    phone_info: {
      phoneNumber: '13812340017',
      purePhoneNumber: '13812340017',
      countryCode: '86',
      watermark: { timestamp: expect.any(Number), appid: appids.miniprogram },
    },
  })
  expect(await read(code)).toMatchObject({ errcode: 40029 })
  const login = await wechat.post('/_sandbox/codes', { kind: 'miniprogram', customerId: 'linyue' })
  expect(await read(String(login.code))).toMatchObject({ errcode: 40029 })
  const late = await ask()
  await wechat.post('/_sandbox/clock', { advanceSeconds: 301 })
  expect(await read(late)).toMatchObject({ errcode: 40029 })
  const other = (await read(await ask('zhaoyiming'))).phone_info
  expect(other).toMatchObject({ phoneNumber: expect.stringMatching(/^13\d{9}$/) })
})
