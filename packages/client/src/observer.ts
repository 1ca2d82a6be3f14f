import { ConnectionError, MtprotoError, RpcError } from '@cablegram/mtproto'
import { callSafely } from './call-safely.ts'
import type { Clock } from './net/clock.ts'
import type { ConnectionState } from './net/connection.ts'
import type { LogFields, Logger, Tracer, TracerContext, TracerSpan } from './options.ts'
import type { CallWait } from './send-call.ts'
import { type ClientSpan, ConnectionSpans, contextOf } from './spans.ts'
import type { CallStats } from './stats.ts'
import type { Trace } from './trace/trace.ts'

/** Parts of an observer. */
export interface ObserverParts {
  readonly clock: Clock
  readonly logger: Logger | undefined
  readonly tracer: Tracer | undefined
  readonly trace?: Trace | undefined
  /** Takes what the program's logger or tracer throws. */
  readonly onError: (error: unknown) => void
}

/** OpenTelemetry's SpanKind. */
const KIND = { internal: 0, client: 2 } as const
/** OpenTelemetry's SpanStatusCode.ERROR. */
const ERROR = 2

/** Counts what a client does, and tells it to the program's logger and tracer. */
export class Observer {
  readonly #parts: ObserverParts
  #calls = {
    inFlight: 0,
    total: 0,
    answered: 0,
    refused: 0,
    flooded: 0,
    timedOut: 0,
    aborted: 0,
    lost: 0,
    other: 0,
  }
  #waits = { total: 0, totalMs: 0 }

  constructor(parts: ObserverParts) {
    this.#parts = parts
  }

  get calls(): CallStats {
    const { inFlight, total, answered, ...failed } = this.#calls
    return { inFlight, total, answered, failed }
  }

  get waits(): { readonly total: number; readonly totalMs: number } {
    return { ...this.#waits }
  }

  /** Watches a call. @param parent the span that it is a part of */
  async call<Result>(
    method: string,
    signal: AbortSignal | undefined,
    make: () => Promise<Result>,
    parent?: TracerContext,
  ): Promise<Result> {
    const { clock, logger } = this.#parts
    const span = this.#span(method, KIND.client, { 'rpc.system': 'mtproto', 'rpc.method': method }, parent)
    const sinceMs = clock.nowMs()
    this.#calls.inFlight += 1
    this.#calls.total += 1
    let outcome: keyof CallStats['failed'] | 'answered' = 'answered'
    let fields: LogFields = {}
    try {
      return await make()
    } catch (error) {
      outcome = signal?.aborted === true ? 'aborted' : failureOf(error)
      fields = fieldsOf(error)
      if (span) this.#safely(() => fail(span, error))
      throw error
    } finally {
      this.#calls.inFlight -= 1
      this.#calls[outcome] += 1
      if (span) this.#safely(() => span.end())
      const ms = clock.nowMs() - sinceMs
      if (logger) this.#safely(() => logger.debug('call', { method, outcome, ms, ...fields }))
      this.#note('call', { method, outcome, ms, ...fields })
    }
  }

  /** The client waits before it calls again. */
  waited({ reason, method, waitMs, error }: CallWait): void {
    this.#waits.total += 1
    this.#waits.totalMs += waitMs
    const fields = { reason, method, waitMs, ...fieldsOf(error) }
    this.#log('info', 'wait', fields)
    this.#note('wait', fields)
  }

  /** Begins a span of the client; undefined without a tracer. */
  startSpan(name: string, fields: LogFields, parent?: TracerContext): ClientSpan | undefined {
    const span = this.#span(name, KIND.internal, fields, parent)
    if (!span) return undefined
    return {
      context: contextOf(span),
      set: (more) => this.#safely(() => setAll(span, more)),
      end: () => this.#safely(() => span.end()),
      fail: (error) =>
        this.#safely(() => {
          fail(span, error)
          span.end()
        }),
    }
  }

  /** Begins to watch a connection; undefined without a tracer. */
  watchConnection(fields: LogFields): ConnectionSpans | undefined {
    if (!this.#parts.tracer) return undefined
    return new ConnectionSpans((...span) => this.startSpan(...span), fields)
  }

  /** A connection has come or gone. */
  connection(dcId: number, state: ConnectionState): void {
    const waited: LogFields = state.at === 'lost' ? { waitMs: state.waitMs } : {}
    const fields = { dcId, ...waited, ...('error' in state ? fieldsOf(state.error) : {}) }
    const word = state.at === 'ended' ? 'closed' : state.at
    this.#log(state.at === 'lost' ? 'warn' : 'info', `connection ${word}`, fields)
    this.#note('connection', { state: word, ...fields })
  }

  /** An error that reaches no caller. */
  failed(error: unknown): void {
    this.#log('error', 'error', fieldsOf(error))
    this.#note('error', fieldsOf(error))
  }

  /** The trace has reached its size. */
  traceFull(): void {
    this.#log('warn', 'trace full', {})
  }

  #note(kind: string, fields: LogFields): void {
    this.#parts.trace?.note(kind, fields)
  }

  #log(level: keyof Logger, line: string, fields: LogFields): void {
    const { logger } = this.#parts
    if (logger) this.#safely(() => logger[level](line, fields))
  }

  #span(
    name: string,
    kind: number,
    fields: LogFields,
    parent: TracerContext | undefined,
  ): TracerSpan | undefined {
    const { tracer } = this.#parts
    if (!tracer) return undefined
    const options = { kind, attributes: { ...fields } }
    let span: TracerSpan | undefined
    this.#safely(() => {
      span = parent ? tracer.startSpan(name, options, parent) : tracer.startSpan(name, options)
    })
    return span
  }

  #safely(tell: () => unknown): void {
    callSafely(tell, this.#parts.onError)
  }
}

function setAll(span: TracerSpan, fields: LogFields): void {
  for (const [name, value] of Object.entries(fields)) span.setAttribute(name, value)
}

function fail(span: TracerSpan, error: unknown): void {
  setAll(span, fieldsOf(error))
  span.setStatus({ code: ERROR })
}

/** The name and code of an error. Messages of errors that are not ours may have anything in them, and stay out. */
function fieldsOf(error: unknown): LogFields {
  if (error instanceof RpcError) return { 'error.type': error.type, 'rpc.response.status_code': error.code }
  if (error instanceof MtprotoError) return { 'error.type': error.code.toString() }
  return error instanceof Error ? { 'error.type': error.name } : {}
}

function failureOf(error: unknown): keyof CallStats['failed'] {
  if (error instanceof RpcError) return error.code === 420 ? 'flooded' : 'refused'
  if (!(error instanceof ConnectionError)) return 'other'
  return error.code === 'CALL_TIMEOUT' ? 'timedOut' : 'lost'
}
