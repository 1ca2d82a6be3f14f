import type { RpcError } from '@cablegram/mtproto'
import type { MethodName, Params, Results } from '@cablegram/tl/api'
import type { FileLane } from '../link.ts'
import type { Clock } from '../net/clock.ts'
import type { TracerContext } from '../options.ts'
import type { CallWait } from '../send-call.ts'
import type { StartSpan } from '../spans.ts'
import type { TransferWait } from './transfer.ts'

/** Options of a call that carries a part of a file. */
export interface PartCallOptions {
  /** The connection: one for uploads, one for downloads; `cdn` for a data centre that only gives files. */
  readonly lane: FileLane
  /** The data centre of the file. Default: home; of a CDN it is always given. */
  readonly dcId?: number | undefined
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** The span of the transfer. */
  readonly parent?: TracerContext | undefined
}

/** The part of a client that transfers of files use. */
export interface PartClient {
  callPart<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    options: PartCallOptions,
  ): Promise<Results[Method]>
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal
  /** Clock and chance of the client. */
  readonly surroundings: PartSurroundings
}

/** The parts of a client that transfers use besides its calls. */
export interface PartSurroundings {
  readonly clock: Clock
  readonly random: (length: number) => Uint8Array
  /** Tells the listeners of the client's event `wait`. */
  readonly tellWait?: ((wait: CallWait) => void) | undefined
  /** Begins a span of the client's tracer. */
  readonly startSpan?: StartSpan | undefined
}

/** Tells a wait both to the client's listeners and to the one of a transfer. */
export function tellingWaits(
  { surroundings }: Pick<PartClient, 'surroundings'>,
  onWait: ((wait: TransferWait) => void) | undefined,
): (wait: TransferWait, error: RpcError) => void {
  return (wait, error) => {
    surroundings.tellWait?.({
      reason: error.code === 420 ? 'flood' : 'retry',
      method: error.method ?? '',
      waitMs: wait.waitS * 1000,
      error,
    })
    onWait?.(wait)
  }
}
