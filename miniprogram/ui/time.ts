import { ago, dateAndTime } from '../../shared/text/time.ts'
import { text } from '../bridge/text.ts'

/** Returns a past time: 刚刚, 5 分钟前, 3 小时前, 11月20日 08:00. */
export function friendlyTime(at: string | number): string {
  return ago(at, text.time, Date.now(), dateAndTime)
}

/** Returns the time of an appointment, which may lie ahead: 11月22日 09:00. */
export function appointedTime(at: string): string {
  return dateAndTime(at, text.time, Date.now())
}
