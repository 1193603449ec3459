/** The answer of `GET /_sandbox/overview`. */
export interface Overview {
  corp: string
  scene: string
  clock: { now: string; offsetSeconds: number }
  grants: { kind: string; owner: string; value: string; secondsLeft: number; state: string }[]
  areas: {
    title: string
    service: string
    tables: {
      title: string
      columns: string[]
      rows: (string | number | boolean | null)[][]
      total?: number
    }[]
    meters: { title: string; used: number; most: number; window: number }[]
  }[]
}
