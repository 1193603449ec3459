import type { Ground } from './ground.ts'
import { report } from './report.ts'
import { mostMb } from './soak.ts'
import { residentMb } from './usage.ts'

/** Reads the memory of the first server every second from now on. */
export function memoryOver(ground: Ground): { report(): void; stop(): void } {
  const samples: number[] = []
  const look = () => void residentMb(ground.serverPid(0)).then((mb) => samples.push(mb))
  look()
  const timer = setInterval(look, 1_000)
  return {
    report: () =>
      report('Memory of the first server over all of this', [
        { what: 'when it had started', unit: 'MB', samples: samples.slice(0, 1) },
        { what: 'highest', unit: 'MB', samples: [Math.max(...samples)], goal: { atMost: mostMb } },
        { what: 'at the end', unit: 'MB', samples: samples.slice(-1) },
      ]),
    stop: () => clearInterval(timer),
  }
}
