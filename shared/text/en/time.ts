import type { TimeWords } from '../zh-CN/time.ts'

export const time: TimeWords = {
  language: 'en',
  now: 'just now',
  today: (date) => `Today · ${date}`,
  yesterday: (date) => `Yesterday · ${date}`,
  formats: {
    date: 'MMM D',
    dateOfYear: 'MMM D, YYYY',
    day: 'ddd, MMM D',
    dayOfYear: 'ddd, MMM D, YYYY',
  },
  seconds: (count) => `${count} s`,
  minutesSeconds: (minutes, seconds) =>
    seconds > 0 ? `${minutes} min ${seconds} s` : `${minutes} min`,
  hoursMinutes: (hours, minutes) => (minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`),
}
