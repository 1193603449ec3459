// The people of the sandbox live in China, so their clocks show Chinese time, whatever zone the
// developer's machine is in.
import dayjs, { type Dayjs } from 'dayjs'
import 'dayjs/locale/zh-cn.js'
import utc from 'dayjs/plugin/utc.js'

dayjs.extend(utc)

/**
 * What a clock in China shows at `at`, as a dayjs in UTC; dayjs's `utcOffset()` passes through the
 * machine's own zone, and is an hour wrong where that zone skips an hour.
 */
export function inChina(at: string | number | Date): Dayjs {
  return dayjs.utc(at).add(8, 'hour')
}
