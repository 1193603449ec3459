import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/**
 * The metrics that Prometheus reads. Domains make their own with the three functions; the same name
 * returns the same metric.
 */
export interface Metrics {
  readonly registry: Registry
  readonly requests: Histogram<'method' | 'route' | 'status'>
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>
  gauge<L extends string>(name: string, help: string, labels?: readonly L[]): Gauge<L>
  histogram<L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    buckets: readonly number[],
  ): Histogram<L>
}

export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte in to the last byte out, by route',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
      registers,
    }),
    counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []) {
      return (
        (registry.getSingleMetric(name) as Counter<L> | undefined) ??
        new Counter({ name, help, labelNames: [...labelNames], registers })
      )
    },
    gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []) {
      return (
        (registry.getSingleMetric(name) as Gauge<L> | undefined) ??
        new Gauge({ name, help, labelNames: [...labelNames], registers })
      )
    },
    histogram<L extends string>(
      name: string,
      help: string,
      labelNames: readonly L[],
      buckets: readonly number[],
    ) {
      return (
        (registry.getSingleMetric(name) as Histogram<L> | undefined) ??
        new Histogram({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers })
      )
    },
  }
}
