import type { ConnectionState } from './net/connection.ts'
import type { Address } from './net/transport.ts'
import type { LogFields, TracerContext, TracerSpan } from './options.ts'

/** The key of the current span in a context: `createContextKey` of OpenTelemetry makes this symbol of this name. */
const SPAN_KEY = Symbol.for('OpenTelemetry Context Key SPAN')

/** A context of OpenTelemetry in which a span is the current one: spans that are begun in it are its children. */
export function contextOf(span: TracerSpan): TracerContext {
  return new Values(new Map([[SPAN_KEY, span]]))
}

class Values implements TracerContext {
  readonly #values: ReadonlyMap<symbol, unknown>

  constructor(values: ReadonlyMap<symbol, unknown>) {
    this.#values = values
  }

  getValue(key: symbol): unknown {
    return this.#values.get(key)
  }

  setValue(key: symbol, value: unknown): TracerContext {
    return new Values(new Map(this.#values).set(key, value))
  }

  deleteValue(key: symbol): TracerContext {
    return new Values(new Map([...this.#values].filter(([each]) => each !== key)))
  }
}

/** A span of the client. What the program's tracer throws goes to `onError` of the client. */
export interface ClientSpan {
  /** For its children. */
  readonly context: TracerContext
  set(fields: LogFields): void
  end(): void
  fail(error: unknown): void
}

/** Begins a span of the client. */
export type StartSpan = (name: string, fields: LogFields, parent?: TracerContext) => ClientSpan | undefined

/**
 * Spans of one connection: `connect` from each attempt until calls flow, and in it `handshake`, from the open transport on, with
 * the key exchange if there is one.
 */
export class ConnectionSpans {
  readonly #start: StartSpan
  readonly #fields: LogFields
  #connect: ClientSpan | undefined
  #handshake: ClientSpan | undefined

  constructor(start: StartSpan, fields: LogFields) {
    this.#start = start
    this.#fields = fields
  }

  onState(state: ConnectionState): void {
    if ('error' in state) this.#end((span) => span.fail(state.error))
    else this.#end((span) => span.end())
    if (state.at === 'connecting') this.#connect = this.#start('connect', this.#fields)
  }

  onOpened({ host, port }: Address): void {
    this.#connect?.set({ 'server.address': host, 'server.port': port })
    this.#handshake = this.#start('handshake', {}, this.#connect?.context)
  }

  #end(how: (span: ClientSpan) => void): void {
    for (const span of [this.#handshake, this.#connect]) if (span) how(span)
    this.#handshake = undefined
    this.#connect = undefined
  }
}
