import type { MethodName, Requests, Results } from '@cablegram/tl/api'
import type { Caller } from '../ground/caller.ts'
import type { LangPacks } from '../lang-packs/index.ts'
import type { ClientInfo, User } from '../rules/accounts/words.ts'
import type { Rules } from '../rules/index.ts'

/** Request of a method. */
export type RequestOf<M extends MethodName> = Requests[M]

/** Answer of a method. */
export type ResultOf<M extends MethodName> = Results[M]

/** Everything that a handler uses besides the request. */
export interface HandlerContext {
  readonly caller: Caller
  /** Temporary key of the request; undefined if it came under the permanent one. */
  readonly tempAuthKeyId: bigint | undefined
  /** True if the client's key belongs to the test environment. */
  readonly isTest: boolean
  /** First argument of the rules' functions. */
  readonly on: Rules
  /** The client's description of itself; undefined before initConnection. */
  readonly client: ClientInfo | undefined
  readonly langPacks: LangPacks
  /** Unix seconds on the wall clock, for dates on the wire. The date of a state is read before the state is. */
  readonly nowS: number
  /** Addresses of the data centres, as announced to this client. */
  readonly dataCentres: readonly {
    readonly id: number
    readonly ip: string
    readonly port: number
    readonly isCdn?: true
  }[]
  /** The RSA key of the CDN, in PEM; undefined without one. */
  readonly cdnKey?: string | undefined
  /** The fault that the caller's next difference is to show; used up by that. @throws {RpcError} the fault's refusal */
  readonly takeDifferenceFault?: () => Promise<'tooLong' | 'slice' | undefined>
  /**
   * Takes over bytes of a file that an answer of type upload.File, upload.WebFile or upload.CdnFile ends with: they are not copied
   * before they are encrypted, and then freed. Only for bytes that nobody has besides this call, because they were read or made
   * for its answer.
   *
   * @returns the bytes to answer with, which may be none, in place of these
   */
  lastBytes(pieces: readonly Uint8Array[]): Uint8Array
  /** The account that is signed in. @throws {RpcError} 401 if nobody is */
  requireUser(): Promise<User>
}

/** Turns a request into a call of the rules, and its outcome into an answer. @throws {RpcError} a refusal */
export type Handler<M extends MethodName> = (
  request: RequestOf<M>,
  context: HandlerContext,
) => Promise<ResultOf<M>> | ResultOf<M>

/** Handlers by method. */
export type HandlerTable = { readonly [M in MethodName]?: Handler<M> }

const CONSTANT = new WeakSet<object>()

/**
 * Marks an answer that never changes and is the same object every time. The server then encodes and packs it once for each
 * layer. Keep only few of them: the encoded bytes live as long as the answer.
 */
export function constantAnswer<T extends object>(answer: T): T {
  CONSTANT.add(answer)
  return answer
}

/** Tells whether {@link constantAnswer} has marked an answer. */
export function isConstantAnswer(answer: unknown): answer is object {
  return typeof answer === 'object' && answer !== null && CONSTANT.has(answer)
}
