import { expect, it } from 'vitest'
import { openWechat } from '../../testing/open-wechat.ts'

it('a long text has a short key for a while: cgi-bin/shorten/gen, cgi-bin/shorten/fetch', async () => {
  const { as, post } = await openWechat()
  const generate = (body: object) => as('service', 'cgi-bin/shorten/gen', body)
  expect(await generate({})).toMatchObject({ errcode: 40035 })
  expect(await generate({ long_data: 'x', expire_seconds: 2_592_001 })).toMatchObject({
    errcode: 40035,
  })
  const { short_key } = await generate({ long_data: 'share=1&rep=ZhouXiaolan', expire_seconds: 60 })
  const read = () => as('service', 'cgi-bin/shorten/fetch', { short_key })
  expect(await read()).toMatchObject({
    long_data: 'share=1&rep=ZhouXiaolan',
    create_time: expect.any(Number),
  })
  await post('/_sandbox/clock', { advanceSeconds: 60 })
  expect(await read()).toMatchObject({ errcode: 40035 })
})
