import type { InjectionKey } from 'vue'
import type { Moment } from '../../shared/contract/timeline.ts'
import type { Wanted } from './wanted.ts'

/** What a line of the timeline asks of the whole panel. */
export interface TimelineActs {
  only: (material: NonNullable<Wanted['material']>) => void
  /** Shows the effect of a moment's share. */
  showEffect: (moment: Moment) => void
}

export const actsKey: InjectionKey<TimelineActs> = Symbol('timeline acts')
