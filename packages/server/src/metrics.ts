import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Courier } from './courier/index.ts'

/** Names and values that tell series of one metric apart. */
export type Labels = Readonly<Record<string, string>>

/** One figure as it is now. */
export interface Sample {
  readonly labels?: Labels
  readonly value: number
}

interface Metric {
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly samples: () => Iterable<Sample>
}

/** So many series a counter has; what is beyond counts as one. A client that makes up errors costs no more. */
const MAX_SERIES = 2000
const OTHER = 'other'

/** Figures of a running server, in the text that Prometheus reads. Nothing is computed before somebody asks. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>()

  /** @returns what counts one more */
  counter(name: string, help: string, labelNames: readonly string[]): (...values: readonly string[]) => void {
    const series = new Map<string, { readonly labels: Labels; value: number }>()
    this.#metrics.set(name, { type: 'counter', help, samples: () => series.values() })
    return (...values) => {
      const isFull = series.size >= MAX_SERIES && !series.has(values.join('\n'))
      const counted: readonly string[] = isFull ? labelNames.map(() => OTHER) : values
      const key = counted.join('\n')
      const known = series.get(key)
      if (known !== undefined) known.value += 1
      else {
        const labels = Object.fromEntries(labelNames.map((label, at) => [label, counted[at] ?? '']))
        series.set(key, { labels, value: 1 })
      }
    }
  }

  /** @param read what it is now, asked each time */
  gauge(name: string, help: string, read: () => Iterable<Sample>): void {
    this.#metrics.set(name, { type: 'gauge', help, samples: read })
  }

  /** @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
  render(): string {
    const lines = [...this.#metrics].flatMap(([name, { type, help, samples }]) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...[...samples()].map(({ labels = {}, value }) => `${name}${renderLabels(labels)} ${value}`),
    ])
    return `${lines.join('\n')}\n`
  }
}

const RESOLUTION_MS = 20

/** What every process has to say of itself. @returns the function that stops looking */
export function watchProcess(metrics: Metrics): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  metrics.gauge('process_resident_memory_bytes', 'Memory of the process.', () => [
    { value: process.memoryUsage.rss() },
  ])
  metrics.gauge('process_cpu_seconds_total', 'Processor time of the process, in all.', () => {
    const { user, system } = process.cpuUsage()
    return [{ value: (user + system) / 1e6 }]
  })
  metrics.gauge(
    'cablegram_event_loop_lag_seconds',
    'How late the event loop was since the last look: half and all but one per cent of the times, and the worst.',
    () => {
      // Not before somebody asks: a server of a test need not look.
      delay.enable()
      const quantiles = [50, 99, 100].map((percent) => ({
        labels: { quantile: String(percent / 100) },
        // What is measured includes the interval it is measured in.
        value: Math.max(0, delay.percentile(percent) / 1e9 - RESOLUTION_MS / 1000),
      }))
      delay.reset()
      return quantiles
    },
  )
  return () => delay.disable()
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}

/** What the parts of a server tell of what they do. */
export interface Counts {
  readonly onRpc: (method: string, result: string) => void
  readonly onKeyMade: (kind: 'permanent' | 'temporary', result: 'kept' | 'refused') => void
  readonly onCode: (channel: string, result: string) => void
}

/** The counters of a server. */
export function createCounts(metrics: Metrics): Counts {
  return {
    onRpc: metrics.counter('cablegram_rpc_total', 'Requests answered, by method and error.', [
      'method',
      'result',
    ]),
    onKeyMade: metrics.counter('cablegram_handshakes_total', 'Key exchanges that came to a key.', [
      'kind',
      'result',
    ]),
    onCode: metrics.counter('cablegram_codes_total', 'Codes given to the courier, and what became of them.', [
      'channel',
      'result',
    ]),
  }
}

/** What a gateway holds. */
export function watchGateway(
  metrics: Metrics,
  gateway: {
    connections(): readonly { readonly transport: string }[]
    sizes(): Readonly<Record<string, number>>
  },
): void {
  metrics.gauge('cablegram_connections', 'Connections that are open, by transport.', () => {
    const open = new Map([
      ['tcp', 0],
      ['websocket', 0],
      ['http', 0],
    ])
    for (const { transport } of gateway.connections()) open.set(transport, (open.get(transport) ?? 0) + 1)
    return [...open].map(([transport, value]) => ({ labels: { transport }, value }))
  })
  metrics.gauge('cablegram_machine_entries', 'Entries of the protocol machine, by table.', () =>
    Object.entries(gateway.sizes()).map(([table, value]) => ({ labels: { table }, value })),
  )
}

/** A courier that is counted. */
export function countedCourier(courier: Courier, { onCode }: Pick<Counts, 'onCode'>): Courier {
  return {
    async send(delivery, onTaken) {
      try {
        const outcome = await courier.send(delivery, onTaken)
        onCode(delivery.channel, outcome.kind)
        return outcome
      } catch (error) {
        onCode(delivery.channel, 'failed')
        throw error
      }
    },
  }
}
