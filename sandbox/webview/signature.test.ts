import { expect, it } from 'vitest'
import { jsapiSignature } from './signature.ts'

it('signs as the official sample does, without the fragment', () => {
  // WW-90506, the sample that
  // https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html prints too.
  const ticket =
    'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg'
  const sign = (url: string) => jsapiSignature(ticket, 'Wm3WZYTPz0wzccnW', '1414587457', url)
  expect(sign('http://mp.weixin.qq.com?params=value')).toBe(
    '0f9de62fce790f9a083d5c99e95740ceb90c27ed',
  )
  expect(sign('http://mp.weixin.qq.com?params=value#/contact')).toBe(
    '0f9de62fce790f9a083d5c99e95740ceb90c27ed',
  )
  expect(sign('http://mp.weixin.qq.com?params=other')).not.toBe(
    '0f9de62fce790f9a083d5c99e95740ceb90c27ed',
  )
})
