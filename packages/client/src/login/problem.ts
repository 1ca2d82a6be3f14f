import { RpcError } from '@cablegram/mtproto'

/** A refusal of the server as JSON; the fields are those of `RpcError`. */
export interface LoginProblem {
  readonly code: number
  readonly type: string
  readonly argument?: number | undefined
  /** The text on the wire. */
  readonly message: string
  readonly method?: string | undefined
}

/** The problem that a refusal is. */
export function problemOf({ code, type, argument, message, method }: RpcError): LoginProblem {
  return { code, type, argument, message, method }
}

/** The refusal that a problem was. */
export function errorOf({ code, message, method }: LoginProblem): RpcError {
  return new RpcError(code, message, method)
}

/** What a call failed with, if it is a refusal; anything else (a cut cable) goes straight to the caller. */
export function refusalIn(error: unknown): RpcError {
  if (error instanceof RpcError) return error
  throw error
}
