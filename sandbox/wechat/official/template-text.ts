import { isRecord } from '../../platform/fields.ts'
import { Refusal } from '../../platform/method.ts'
import type { SceneTemplate } from '../../scenes/wechat.ts'

/**
 * What the kinds of keywords may hold, by the letters of their key (the page of
 * message/subscribe/send; templates of service accounts took them over).
 */
const rules: Record<string, RegExp> = {
  thing: /^[\s\S]{1,20}$/u,
  number: /^-?\d{1,32}(\.\d+)?$/,
  letter: /^[a-zA-Z]{1,32}$/,
  symbol: /^[^\w\s\u4e00-\u9fa5]{1,5}$/u,
  character_string: /^[\x21-\x7e]{1,32}$/,
  time: /\d{1,2}[:：]\d{2}|\d{4}(年|-|\/)/,
  date: /\d{4}(年|-|\/)\d{1,2}/,
  amount: /^[^\d]?\d{1,10}(\.\d+)?元?$/,
  phone_number: /^[\d+\-() ]{1,17}$/,
  car_number: /^[\u4e00-\u9fa5]?[A-Za-z0-9\u4e00-\u9fa5]{1,8}$/u,
  name: /^([\u4e00-\u9fa5·]{1,10}|[a-zA-Z .·]{1,20}|[\u4e00-\u9fa5a-zA-Z .·]{1,10})$/u,
  phrase: /^[\u4e00-\u9fa5]{1,5}$/u,
}

/**
 * The values of a template's keys. Keys of no known kind (first, keyword1, remark of old templates)
 * take anything. 47003 names the key, as the platform does. `isComplete`: subscribe messages want
 * every key.
 */
export function valuesOf(
  template: SceneTemplate,
  data: Record<string, unknown>,
  isComplete: boolean,
): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [, key] of template.lines) {
    const given = data[key]
    const value =
      isRecord(given) && ['string', 'number'].includes(typeof given.value)
        ? String(given.value)
        : ''
    if (value === '' && isComplete)
      throw new Refusal(47003, `argument invalid! data.${key}.value is empty`)
    const rule = rules[key.replace(/\d+$/, '')]
    if (value !== '' && rule && !rule.test(value))
      throw new Refusal(47003, `argument invalid! data.${key}.value invalid`)
    values[key] = value
  }
  return values
}

export function contentOf({ lines }: SceneTemplate): string {
  return lines.map(([name, key]) => `${name}:{{${key}.DATA}}\n`).join('')
}

export function exampleOf({ lines }: SceneTemplate): string {
  return lines.map(([name, , example]) => `${name}:${example}\n`).join('')
}

/** A few of the public templates, for both kinds of accounts, by their number. */
export const library: Record<string, Omit<SceneTemplate, 'id'>> = {
  43216: {
    title: '工单状态提醒',
    lines: [
      ['工单编号', 'character_string1', 'GD20261121003'],
      ['工单状态', 'phrase2', '处理中'],
      ['更新时间', 'time3', '2026年11月21日 14:30'],
      ['备注', 'thing4', '工程师已出发'],
    ],
  },
  44509: {
    title: '预约成功通知',
    lines: [
      ['预约项目', 'thing1', '年度保养'],
      ['预约时间', 'time2', '2026年11月28日 09:00'],
      ['联系人', 'name3', '林悦'],
      ['联系电话', 'phone_number4', '13812340017'],
    ],
  },
  47020: {
    title: '服务评价提醒',
    lines: [
      ['服务内容', 'thing1', '压缩机维修'],
      ['完成时间', 'time2', '2026年11月22日 10:05'],
      ['费用', 'amount3', '380.00元'],
    ],
  },
}
