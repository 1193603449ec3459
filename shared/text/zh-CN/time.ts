/** Words and formats of times; the formats are dayjs's. */
export const time = {
  /** dayjs's name of the language. */
  language: 'zh-cn',
  now: '刚刚',
  today: (date: string) => `今天 · ${date}`,
  yesterday: (date: string) => `昨天 · ${date}`,
  formats: {
    date: 'M月D日',
    dateOfYear: 'YYYY年M月D日',
    day: 'M月D日ddd',
    dayOfYear: 'YYYY年M月D日ddd',
  },
  seconds: (count: number) => `${count}秒`,
  minutesSeconds: (minutes: number, seconds: number) =>
    seconds > 0 ? `${minutes}分${seconds}秒` : `${minutes}分钟`,
  hoursMinutes: (hours: number, minutes: number) =>
    minutes > 0 ? `${hours}小时${minutes}分` : `${hours}小时`,
}

export type TimeWords = typeof time
