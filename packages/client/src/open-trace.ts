import { UsageError } from '@cablegram/tl'
import { callSafely } from './call-safely.ts'
import type { ClientOptions, TraceOption } from './options.ts'
import type { Platform } from './platform.ts'
import { Trace, type TraceSink } from './trace/trace.ts'

const MAX_BYTES = 64 * 1024 * 1024

/** Takes what happens to a trace. */
interface TraceEvents {
  /** The trace has reached its size. */
  onFull(): void
  /** A line could not be written. */
  onError(error: unknown): void
}

/** Begins the trace that the options of a client ask for. @throws UsageError OPTION_INVALID for a path on a page */
export function openTrace(
  { trace: to, traceMaxBytes: maxBytes = MAX_BYTES }: ClientOptions,
  platform: Platform,
  { onFull, onError }: TraceEvents,
): Trace | undefined {
  if (to === undefined) return undefined
  const { clock, random } = platform
  return new Trace({
    sink: sinkOf(to, platform, onError),
    maxBytes,
    nowMs: () => clock.nowMs(),
    random,
    onFull,
  })
}

function sinkOf(to: TraceOption, { openLines }: Platform, onError: (error: unknown) => void): TraceSink {
  if (typeof to === 'function') return { write: (line) => callSafely(() => to(line), onError) }
  if (typeof to === 'object') return { write: (line) => callSafely(() => to.write(`${line}\n`), onError) }
  if (openLines) return openLines(to, onError)
  throw new UsageError('OPTION_INVALID', 'A page has no files: the option `trace` takes a function here.')
}
