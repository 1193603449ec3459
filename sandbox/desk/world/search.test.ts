import { expect, it } from 'vitest'
import type { Line } from './people.ts'
import { isLineMeant } from './search.ts'

it('a search of the client finds a name in any width and case, and no other name', () => {
  const line = (name: string) => ({ name }) as Line
  const finds = (name: string, wanted: string) => isLineMeant(line(name), null, 'rep', wanted)
  for (const wanted of ['lc设备', 'ＬＣ设备', ' Lc设\u200b备 ']) {
    expect([wanted, finds('Ｌc设备 王工', wanted)]).toEqual([wanted, true])
    expect([wanted, finds('Lb设备 王工', wanted)]).toEqual([wanted, false])
  }
})
