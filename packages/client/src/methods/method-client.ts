import type { Random } from '@cablegram/mtproto'
import type { MethodName, Params, Results } from '@cablegram/tl/api'
import type { Clock } from '../net/clock.ts'
import type { CallOptions } from '../options.ts'
import type { PeerBook } from '../peers/book.ts'

/** The part of a client that the daily calls use. */
export interface MethodClient {
  call<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    options?: CallOptions,
  ): Promise<Results[Method]>
  /** The users and chats that the session has seen. */
  readonly peers: PeerBook
  /** Clock and randomness. */
  readonly surroundings: { readonly clock: Clock; readonly random: Random }
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal
}
