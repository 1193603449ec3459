import type { LedgerRow } from '../api.ts'

type State = LedgerRow['state']
type Verb = 'GET' | 'POST'

/**
 * A method of qyapi.weixin.qq.com with its WW number. `test` is the file that holds it and names
 * the path.
 */
export function wecomRow(
  method: Verb,
  path: string,
  page: number,
  test: string,
  state: State = 'supported',
  note = '',
): LedgerRow {
  return { service: 'wecom', method, path, state, page: wecomPage(page), test, note }
}

/**
 * A method of api.weixin.qq.com with its page under https://developers.weixin.qq.com/doc/, or
 * beside it when it begins with `miniprogram/`.
 */
export function wechatRow(
  method: Verb,
  path: string,
  page: string,
  test: string,
  state: State = 'supported',
  note = '',
): LedgerRow {
  return { service: 'wechat', method, path, state, page: wechatPage(page), test, note }
}

/**
 * A push, by `Event`, `Event/ChangeType` or `InfoType`. `page` is a WW number or a path under
 * https://developers.weixin.qq.com/doc/.
 */
export function pushRow(
  event: string,
  page: number | string,
  test: string,
  state: State = 'supported',
  note = '',
): LedgerRow {
  return {
    service: 'push',
    method: 'push',
    path: event,
    state,
    page: typeof page === 'number' ? wecomPage(page) : wechatPage(page),
    test,
    note,
  }
}

/** A function of a client's bridge, by its wire name. */
export function clientRow(
  name: string,
  page: number,
  test: string,
  state: State = 'supported',
  note = '',
): LedgerRow {
  return {
    service: 'client',
    method: 'invoke',
    path: name,
    state,
    page: wecomPage(page),
    test,
    note,
  }
}

function wecomPage(page: number): string {
  return `https://developer.work.weixin.qq.com/document/path/${page}`
}

function wechatPage(page: string): string {
  // The mini program's pages lie beside doc/.
  return `https://developers.weixin.qq.com/${page.startsWith('miniprogram/') ? '' : 'doc/'}${page}`
}
