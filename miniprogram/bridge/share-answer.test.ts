import { expect, test } from 'vitest'
import { isHandedOn } from './share-answer.ts'

test('a chooser of the web page that was cancelled or refused is no forward', () => {
  for (const answer of ['send_app_msg:ok', 'send_app_msg:confirm', 'sendAppMessage:ok'])
    expect([answer, isHandedOn(answer)]).toEqual([answer, true])
  for (const answer of [
    'send_app_msg:cancel',
    'sendAppMessage:cancel',
    'send_app_msg:fail',
    'sendAppMessage:fail_function not exist',
    'system:access_denied',
    '',
  ])
    expect([answer, isHandedOn(answer)]).toEqual([answer, false])
})
