import type { MethodName, Params, Results } from '@cablegram/tl/api'
import type { FileLane } from '../link.ts'
import type { Clock } from '../net/clock.ts'

/** Options of a call that carries a part of a file. */
export interface PartCallOptions {
  /** The connection: one for uploads, one for downloads. */
  readonly lane: FileLane
  /** The data centre of the file. Default: home. */
  readonly dcId?: number | undefined
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
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
  readonly surroundings: { readonly clock: Clock; readonly random: (length: number) => Uint8Array }
}
