/** Year, month and day of a picker as three wheels, of which the last depends on the others. */
export function dateColumns(given: Day, { start, end }: { start: Day; end: Day }, fields: string) {
  let day = clamp(given, start, end)
  const years = range(start.year, end.year)
  const months = () =>
    range(day.year === start.year ? start.month : 1, day.year === end.year ? end.month : 12)
  const days = () => {
    const isFirst = day.year === start.year && day.month === start.month
    const isLast = day.year === end.year && day.month === end.month
    return range(isFirst ? start.day : 1, isLast ? end.day : daysIn(day.year, day.month))
  }
  const wheels = () => [
    years,
    ...(fields === 'year' ? [] : [months()]),
    ...(fields === 'day' ? [days()] : []),
  ]
  return {
    columns: () =>
      wheels().map((numbers, column) =>
        numbers.map((one) => `${one}${['年', '月', '日'][column] ?? ''}`),
      ),
    at: () =>
      wheels().map((numbers, column) =>
        Math.max(0, numbers.indexOf([day.year, day.month, day.day][column] ?? 0)),
      ),
    turn(column: number, to: number) {
      const number = wheels()[column]?.[to] ?? 0
      const next = {
        ...day,
        ...(column === 0 ? { year: number } : column === 1 ? { month: number } : { day: number }),
      }
      day = clamp({ ...next, day: Math.min(next.day, daysIn(next.year, next.month)) }, start, end)
    },
    value: () => writeParts(day).slice(0, { year: 4, month: 7 }[fields] ?? 10),
  }
}

export interface Day {
  year: number
  month: number
  day: number
}

export function readDate(text: string, otherwise: string): Day {
  const [year = 0, month = 1, day = 1] = (/^\d{4}(-\d{2}){0,2}$/.test(text) ? text : otherwise)
    .split('-')
    .map(Number)
  return { year, month, day }
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}

function writeParts({ year, month, day }: Day): string {
  return [String(year), ...[month, day].map((one) => String(one).padStart(2, '0'))].join('-')
}

function clamp(day: Day, start: Day, end: Day): Day {
  const [text, first, last] = [day, start, end].map(writeParts) as [string, string, string]
  if (text < first) return start
  return text > last ? end : day
}

function daysIn(year: number, month: number): number {
  return new Date(year, month, 0).getDate()
}
