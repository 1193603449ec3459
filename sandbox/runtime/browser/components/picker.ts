import { openWheels } from '../dialogs/wheels.ts'
import { WxElement } from './element.ts'
import type { Control } from './form.ts'
import { regionColumns } from './regions.ts'
import { inChina } from '../../core/china.ts'
import { dateColumns, range, readDate } from './dates.ts'

/** A tap on what is inside opens wheels at the bottom of the screen. */
export class WxPicker extends WxElement implements Control {
  /** Until the mini program binds another value. */
  private chosen: unknown

  constructor() {
    super()
    this.addEventListener('click', () => {
      if (!this.is('disabled')) void this.choose()
    })
  }

  get formValue(): unknown {
    return this.chosen ?? this.bound('value') ?? ''
  }

  reset(): void {
    this.chosen = undefined
  }

  protected override changed(name: string): void {
    if (name === 'value') this.reset()
  }

  private async choose(): Promise<void> {
    const mode = this.text('mode') || 'selector'
    const value = await this.ask(mode)
    if (value === null) this.fire('cancel', {})
    else {
      this.chosen = value
      this.fire('change', { value, ...(mode === 'region' && { code: [], postcode: '' }) })
    }
  }

  private async ask(mode: string): Promise<unknown> {
    if (mode === 'selector' || mode === 'multiSelector')
      return this.askRange(mode === 'multiSelector')
    if (mode === 'time') return this.askTime()
    return mode === 'region' ? this.askRegion() : this.askDate()
  }

  private async askRegion(): Promise<string[] | null> {
    const value = this.bound('value')
    const wheels = regionColumns(
      Array.isArray(value) ? (value as string[]) : [],
      this.text('level'),
    )
    const chosen = await openWheels({
      title: this.text('header-text'),
      columns: wheels.columns,
      at: wheels.at(),
      turned: wheels.turn,
      places: wheels.at,
    })
    return chosen && wheels.value()
  }

  private async askRange(isMulti: boolean): Promise<number | number[] | null> {
    const given = this.bound('range')
    const lists = (isMulti ? given : [given]) as unknown[][]
    const key = this.text('range-key')
    const words = (one: unknown) => String(key === '' ? one : (one as Record<string, unknown>)[key])
    const value = this.bound('value')
    const at = (isMulti ? (value ?? []) : [value ?? 0]) as number[]
    const columns = () =>
      ((isMulti ? this.bound('range') : [this.bound('range')]) as unknown[][]).map((list) =>
        list.map(words),
      )
    const chosen = await openWheels({
      title: this.text('header-text'),
      columns,
      at: lists.map((_, column) => Number(at[column] ?? 0)),
      turned: (column, to) => isMulti && this.fire('columnchange', { column, value: to }),
    })
    return chosen && (isMulti ? chosen : (chosen[0] ?? 0))
  }

  private async askTime(): Promise<string | null> {
    const [start = 0, end = 24 * 60 - 1] = [minutes(this.text('start')), minutes(this.text('end'))]
    const [hours, minute] = [range(0, 23), range(0, 59)]
    const clock = inChina(Date.now())
    const now = minutes(this.text('value')) ?? clock.hour() * 60 + clock.minute()
    const chosen = await openWheels({
      title: this.text('header-text'),
      columns: () => [hours.map(twoDigits), minute.map(twoDigits)],
      at: [Math.floor(now / 60), now % 60],
      turned: () => undefined,
    })
    if (!chosen) return null
    const at = Math.min(end, Math.max(start, (chosen[0] ?? 0) * 60 + (chosen[1] ?? 0)))
    return `${twoDigits(Math.floor(at / 60))}:${twoDigits(at % 60)}`
  }

  private async askDate(): Promise<string | null> {
    const fields = this.text('fields') || 'day'
    const limits = {
      start: readDate(this.text('start'), '1900-01-01'),
      end: readDate(this.text('end'), '2100-12-31'),
    }
    const today = inChina(Date.now()).format('YYYY-MM-DD')
    const wheels = dateColumns(readDate(this.text('value'), today), limits, fields)
    const chosen = await openWheels({
      title: this.text('header-text'),
      columns: () => wheels.columns(),
      at: wheels.at(),
      turned: (column, to) => wheels.turn(column, to),
    })
    return chosen && wheels.value()
  }
}

function minutes(text: string): number | undefined {
  const [hour, minute] = text.split(':').map(Number)
  return text === '' || hour === undefined || minute === undefined ? undefined : hour * 60 + minute
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
