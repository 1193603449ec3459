import { ago, dateAndTime, dayTitle, shortDate } from '../../shared/text/time.ts'
import { useApp } from '../bridge/app.ts'
import { useText } from './words.ts'

/** Dates in the rep's language, as seen now. */
export function useDates() {
  const { now } = useApp()
  const text = useText()
  return {
    ago: (at: string) => ago(at, text.value.time, now()),
    shortDate: (at: string) => shortDate(at, text.value.time, now()),
    dateAndTime: (at: string) => dateAndTime(at, text.value.time, now()),
    dayTitle: (at: string) => dayTitle(at, text.value.time, now()),
  }
}
