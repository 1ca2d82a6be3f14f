import type { Registry } from 'prom-client'
import type { Courier } from '../courier/index.ts'

/** Names and values that tell series of one metric apart. */
export type Labels = Readonly<Record<string, string>>

/** One figure as it is now. */
export interface Sample {
  readonly labels?: Labels
  readonly value: number
}

interface Metric {
  readonly kind: 'Counter' | 'Gauge'
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  readonly read: () => Iterable<Sample>
}

/** So many series a counter has; what is beyond counts as one. A client that makes up errors costs no more. */
const MAX_SERIES = 2000
const OTHER = 'other'

/** Figures of a running server. They are counted from the start, and read, by prom-client, when somebody asks. */
export class Metrics {
  readonly #metrics: Metric[] = []
  #registry: Promise<Registry> | undefined

  /** @returns what counts one more */
  counter(name: string, help: string, labelNames: readonly string[]): (...values: readonly string[]) => void {
    const series = new Map<string, { readonly labels: Labels; value: number }>()
    this.#metrics.push({ kind: 'Counter', name, help, labelNames, read: () => series.values() })
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
  gauge(name: string, help: string, labelNames: readonly string[], read: () => Iterable<Sample>): void {
    this.#metrics.push({ kind: 'Gauge', name, help, labelNames, read })
  }

  /** As Prometheus reads them, those of the process among them. */
  async render(): Promise<string> {
    this.#registry ??= openRegistry(this.#metrics)
    return await (await this.#registry).metrics()
  }
}

/** Loaded when somebody first asks: it takes as long as all the rest of a server. */
async function openRegistry(metrics: readonly Metric[]): Promise<Registry> {
  const prometheus = await import('prom-client')
  const registry = new prometheus.Registry()
  for (const { kind, name, help, labelNames, read } of metrics) {
    const metric = new prometheus[kind]({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        metric.reset()
        for (const { labels = {}, value } of read()) metric.inc(labels, value)
      },
    })
  }
  prometheus.collectDefaultMetrics({ register: registry })
  return registry
}

/** Counts that the parts of a server report. */
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

/** The things that a gateway holds. */
export function watchGateway(
  metrics: Metrics,
  gateway: {
    connections(): readonly { readonly transport: string }[]
    sizes(): Readonly<Record<string, number>>
  },
): void {
  metrics.gauge('cablegram_connections', 'Connections that are open, by transport.', ['transport'], () => {
    const open = new Map([
      ['tcp', 0],
      ['websocket', 0],
      ['http', 0],
    ])
    for (const { transport } of gateway.connections()) open.set(transport, (open.get(transport) ?? 0) + 1)
    return [...open].map(([transport, value]) => ({ labels: { transport }, value }))
  })
  metrics.gauge('cablegram_machine_entries', 'Entries of the protocol machine, by table.', ['table'], () =>
    Object.entries(gateway.sizes()).map(([table, value]) => ({ labels: { table }, value })),
  )
}

/** The knowledge of a node about the others; nothing for a single node. */
export function watchNodes(
  metrics: Metrics,
  state: () => { readonly bus: string; readonly nodes: number; readonly clockSkewMs: number } | undefined,
): void {
  const gauge = (
    name: string,
    help: string,
    figure: (now: NonNullable<ReturnType<typeof state>>) => number,
  ) =>
    metrics.gauge(name, help, [], () => {
      const now = state()
      return now === undefined ? [] : [{ labels: {}, value: figure(now) }]
    })
  gauge('cablegram_nodes', 'Nodes of this server that run.', ({ nodes }) => nodes)
  gauge('cablegram_bus_up', '1 while the bus works, 0 while this node polls.', ({ bus }) =>
    Number(bus === 'ok'),
  )
  gauge(
    'cablegram_clock_skew_seconds',
    "How far this machine's clock is ahead of the database's.",
    ({ clockSkewMs }) => clockSkewMs / 1000,
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
