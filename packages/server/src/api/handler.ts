import type { MethodName, Requests, Results } from '@cablegram/tl/api'
import type { Caller } from '../ground/caller.ts'
import type { LangPacks } from '../lang-packs/index.ts'
import type { ClientInfo, User } from '../rules/accounts/words.ts'
import type { Domain } from '../rules/index.ts'

/** What a method is called with. */
export type RequestOf<M extends MethodName> = Requests[M]

/** What a method answers. */
export type ResultOf<M extends MethodName> = Results[M]

/** Everything a handler may know and use beside the request. */
export interface HandlerContext {
  readonly caller: Caller
  /** The temporary key the request came under; undefined where that was the permanent one. */
  readonly tempAuthKeyId: bigint | undefined
  /** The client believes to be in the test environment. */
  readonly isTest: boolean
  /** The rules run on it: the first argument of each of their functions. */
  readonly on: Domain
  readonly domain: Domain
  /** What the client says of itself; undefined before initConnection. */
  readonly client: ClientInfo | undefined
  readonly langPacks: LangPacks
  /** Unix seconds on the wall clock: the dates on the wire. */
  readonly nowS: number
  /** Where the client is told that the data centres are. */
  readonly dataCentres: readonly { readonly id: number; readonly ip: string; readonly port: number }[]
  /** The account that is signed in. @throws {RpcError} 401 where none is */
  requireUser(): Promise<User>
}

/** Turns a request into a call of the domain, and its outcome into an answer; throws the RpcError of a refusal. */
export type Handler<M extends MethodName> = (
  request: RequestOf<M>,
  context: HandlerContext,
) => Promise<ResultOf<M>> | ResultOf<M>

/** Handlers by the method they answer. */
export type HandlerTable = { readonly [M in MethodName]?: Handler<M> }

const CONSTANT = new WeakSet<object>()

/**
 * Marks an answer that never changes and is the same object each time it is given. It is then written and packed once for
 * each layer, however often it is asked for. Keep only so many of them: what is written lives as long as the answer.
 */
export function constantAnswer<T extends object>(answer: T): T {
  CONSTANT.add(answer)
  return answer
}

/** Tells whether {@link constantAnswer} has marked an answer. */
export function isConstantAnswer(answer: unknown): answer is object {
  return typeof answer === 'object' && answer !== null && CONSTANT.has(answer)
}
