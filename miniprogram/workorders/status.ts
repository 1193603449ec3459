import type { WorkorderStatus } from '../../shared/contract/workorders.ts'

/** The colour says who has to act: waiting, ours, done, none. */
export function toneOf(status: WorkorderStatus): 'warn' | 'brand' | 'action' | 'quiet' {
  switch (status) {
    case 'submitted':
      return 'warn'
    case 'accepted':
    case 'in_progress':
      return 'brand'
    case 'done':
      return 'action'
    case 'cancelled':
      return 'quiet'
  }
}
