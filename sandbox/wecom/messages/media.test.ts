import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSandbox } from '../../start.ts'
import { operate, type OpenedSandbox } from '../../testing/open-sandbox.ts'
import { amr, mp4, png, uploadForm } from '../../testing/media.ts'

let sandbox: OpenedSandbox

beforeAll(async () => {
  sandbox = await operate(await startSandbox())
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.post('/_sandbox/reset', {}))

async function upload(path: string, bytes: Buffer | null, filename = 'photo.png', field = 'media') {
  const token = await sandbox.wecomToken()
  const address = `${sandbox.origin}/wecom/cgi-bin/${path}${path.includes('?') ? '&' : '?'}access_token=${token}`
  const reply = await fetch(address, { method: 'POST', body: uploadForm(bytes, filename, field) })
  return (await reply.json()) as Record<string, unknown>
}

async function fetchMedium(id: unknown, headers: Record<string, string> = {}) {
  return fetch(
    `${sandbox.origin}/wecom/cgi-bin/media/get?access_token=${await sandbox.wecomToken()}&media_id=${String(id)}`,
    { headers },
  )
}

describe('media/upload', () => {
  it('keeps a file for three days, with its name', async () => {
    const reply = await upload('media/upload?type=file', Buffer.from('a price list'), '报价单.txt')
    expect(reply).toEqual({
      errcode: 0,
      errmsg: '',
      type: 'file',
      media_id: expect.stringMatching(/^[\w-]{40,}$/),
      created_at: expect.stringMatching(/^\d{10}$/),
    })
    const whole = await fetchMedium(reply.media_id)
    expect(decodeURIComponent(whole.headers.get('content-disposition') ?? '')).toContain(
      '报价单.txt',
    )
    expect(await whole.text()).toBe('a price list')
    const part = await fetchMedium(reply.media_id, { range: 'bytes=2-6' })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-6/12',
      'price',
    ])
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 3 * 86_400 - 2 })
    expect((await fetchMedium(reply.media_id)).status).toBe(200)
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 3 })
    expect(await (await fetchMedium(reply.media_id)).json()).toMatchObject({ errcode: 40007 })
  })

  it('takes what each kind may be', async () => {
    expect(await upload('media/upload?type=image', png)).toMatchObject({
      errcode: 0,
      type: 'image',
    })
    expect(await upload('media/upload?type=voice', amr(2), 'v.amr')).toMatchObject({ errcode: 0 })
    expect(await upload('media/upload?type=video', mp4, 'v.mp4')).toMatchObject({ errcode: 0 })
  })

  it.each([
    ['', png, 40005],
    ['type=sticker', png, 40005],
    ['type=image', null, 44001],
    ['type=image', Buffer.alloc(0), 44001],
    ['type=file', Buffer.alloc(5), 40006],
    ['type=image', Buffer.from('no picture'), 40123],
    ['type=image', Buffer.concat([png, Buffer.alloc(10 * 1024 * 1024)]), 40009],
    ['type=voice', Buffer.from('no voice'), 301017],
    ['type=voice', amr(61), 45007],
    ['type=voice', Buffer.alloc(2 * 1024 * 1024 + 1), 40006],
    ['type=video', Buffer.from('not a video'), 40004],
    ['type=file', Buffer.alloc(20 * 1024 * 1024 + 1), 45001],
  ])('refuses "%s" with %o', async (query, bytes, errcode) => {
    expect(await upload(`media/upload?${query}`, bytes)).toMatchObject({ errcode })
  })

  it('is for callers with a token, and names what media/get misses', async () => {
    const anonymous = await fetch(`${sandbox.origin}/wecom/cgi-bin/media/upload?type=image`, {
      method: 'POST',
      body: uploadForm(png),
    })
    expect(await anonymous.json()).toMatchObject({ errcode: 41001 })
    expect(await sandbox.wecom('media/get')).toMatchObject({ errcode: 41006 })
    expect(await sandbox.wecom('media/get', { media_id: 'nothing' })).toMatchObject({
      errcode: 40007,
    })
  })
})

describe('media/uploadimg', () => {
  it('gives an address for good, 1,000 times a day', async () => {
    const { url } = await upload('media/uploadimg', png, 'a.png', 'anything')
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 40 * 86_400 })
    const shown = await fetch(String(url))
    expect([shown.status, Buffer.from(await shown.arrayBuffer()).equals(png)]).toEqual([200, true])
    expect(
      await upload('media/uploadimg', Buffer.concat([png, Buffer.alloc(2 * 1024 * 1024)])),
    ).toMatchObject({ errcode: 40009 })
    for (let batch = 0; batch < 20; batch += 1)
      await Promise.all(Array.from({ length: 50 }, () => upload('media/uploadimg', png)))
    expect(await upload('media/uploadimg', png)).toMatchObject({ errcode: 45009 })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 86_400 })
    expect(await upload('media/uploadimg', png)).toMatchObject({ errcode: 0 })
  }, 60_000)
})

describe('media/upload_attachment', () => {
  it('takes media of moments and the album', async () => {
    expect(
      await upload('media/upload_attachment?media_type=image&attachment_type=1', png),
    ).toMatchObject({
      errcode: 0,
      type: 'image',
      created_at: expect.any(Number),
    })
    expect(
      await upload('media/upload_attachment?media_type=voice&attachment_type=1', amr(1)),
    ).toMatchObject({ errcode: 40005 })
    expect(
      await upload('media/upload_attachment?media_type=image&attachment_type=3', png),
    ).toMatchObject({ errcode: 40058 })
  })
})

describe('media/upload_by_url', () => {
  it('fetches a file, tells the app, and answers media/get_upload_by_url_result', async () => {
    const { url } = await upload('media/uploadimg', png)
    const md5 = createHash('md5').update(png).digest('hex')
    const start = async (wish: object) =>
      sandbox.wecom(
        'media/upload_by_url',
        {},
        { scene: 1, type: 'image', filename: 'a.png', url, md5, ...wish },
      )
    const result = async (jobid: unknown) =>
      sandbox.wecom('media/get_upload_by_url_result', {}, { jobid })
    const { jobid } = await start({})
    await expect.poll(async () => (await result(jobid)).status).toBe(2)
    const { detail } = (await result(jobid)) as { detail: { media_id: string } }
    expect((await fetchMedium(detail.media_id)).headers.get('content-type')).toBe('image/png')
    const { items } = (await sandbox.get('/_sandbox/deliveries')) as unknown as {
      items: { body: string }[]
    }
    expect(items.at(-1)?.body).toContain(
      `<Event><![CDATA[upload_media_job_finish]]></Event><JobId><![CDATA[${String(jobid)}]]></JobId>`,
    )
    const wrong = await start({ md5: 'other' })
    await expect
      .poll(() => result(wrong.jobid))
      .toMatchObject({ status: 3, detail: { errcode: 830003, media_id: '' } })
    expect(await start({ url: 'ftp://a.example/a' })).toMatchObject({ errcode: 830001 })
    expect(await start({ scene: 2 })).toMatchObject({ errcode: 40058 })
    expect(await start({ type: 'voice' })).toMatchObject({ errcode: 40005 })
    expect(await result('none')).toMatchObject({ errcode: 40058 })
  })
})
