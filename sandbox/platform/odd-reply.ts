import type { Fault } from '../api.ts'
import { isRecord } from './fields.ts'
import type { Reply } from './method.ts'

export type OddHow = Extract<Fault['how'], { odd: string }>['odd']

/** Fields that people fill in: names, remarks, labels. */
const typed = /^(?:name|nickname|remark|description|position|tag_name|group_name|.*corp_name)$/

/**
 * Returns the text of a good reply as the platforms are reported to send it, against their own
 * pages: `control`, with raw control characters in what people typed; `nulls`, with null for each
 * list that is empty and each text that is; `texts`, with numbers as texts.
 */
export function oddReply(reply: Reply, how: OddHow): string {
  if (how === 'texts')
    return JSON.stringify(reply, (_, value: unknown) =>
      typeof value === 'number' ? String(value) : value,
    )
  if (how === 'nulls') return JSON.stringify(reply, (_, value: unknown) => nothing(value))
  const marked = JSON.stringify(reply, (_, value: unknown) => marking(value))
  return marked.replaceAll(mark, '\u0010\u001f')
}

/** Stands in the JSON where a raw character goes; `JSON.stringify` would escape that one. */
const mark = '\ue000'

function marking(value: unknown): unknown {
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      typeof one === 'string' && typed.test(name) ? `${one}${mark}` : one,
    ]),
  )
}

function nothing(value: unknown): unknown {
  return value === '' || (Array.isArray(value) && value.length === 0) ? null : value
}
