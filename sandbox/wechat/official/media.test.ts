import { expect, it } from 'vitest'
import { openWechat, pixel, upload, type OpenedWechat } from '../../testing/open-wechat.ts'

async function send(
  { fetchAs }: OpenedWechat,
  path: string,
  bytes: Buffer,
  type: string,
  query = {},
) {
  const form = new FormData()
  form.append('media', new Blob([new Uint8Array(bytes)], { type }), 'a')
  return (await (
    await fetchAs('service', path, { method: 'POST', body: form }, query)
  ).json()) as Record<string, unknown>
}

it('a medium is kept for three days: cgi-bin/media/upload, cgi-bin/media/get', async () => {
  const wechat = await openWechat()
  const media_id = await upload(wechat, 'service', 'image')
  const read = () => wechat.fetchAs('service', 'cgi-bin/media/get', {}, { media_id })
  const reply = await read()
  expect([reply.headers.get('content-type'), Buffer.from(await reply.arrayBuffer())]).toEqual([
    'image/png',
    pixel,
  ])
  const video = await upload(wechat, 'service', 'video', pixel, 'a.mp4', 'video/mp4')
  expect(
    await wechat.as('service', 'cgi-bin/media/get', undefined, { media_id: video }),
  ).toMatchObject({ video_url: expect.any(String) })
  await wechat.post('/_sandbox/clock', { advanceSeconds: 3 * 86_400 })
  expect(await (await read()).json()).toMatchObject({ errcode: 40007 })
  expect(await wechat.as('service', 'cgi-bin/media/get')).toMatchObject({ errcode: 41006 })
})

it('a medium that is missing, too large or of no known type is refused', async () => {
  const wechat = await openWechat()
  const path = 'cgi-bin/media/upload'
  expect(await wechat.as('service', path, {}, { type: 'image' })).toMatchObject({ errcode: 41005 })
  expect(await send(wechat, path, pixel, 'image/png', { type: 'poem' })).toMatchObject({
    errcode: 40004,
  })
  expect(
    await send(wechat, path, Buffer.alloc(64 * 1024 + 1), 'image/jpeg', { type: 'thumb' }),
  ).toMatchObject({ errcode: 40012 })
})

it('a picture for articles has an address of its own: cgi-bin/media/uploadimg', async () => {
  const wechat = await openWechat()
  const { url } = await send(wechat, 'cgi-bin/media/uploadimg', pixel, 'image/png')
  expect(Buffer.from(await (await fetch(String(url))).arrayBuffer())).toEqual(pixel)
  expect(await send(wechat, 'cgi-bin/media/uploadimg', pixel, 'image/gif')).toMatchObject({
    errcode: 40005,
  })
})
