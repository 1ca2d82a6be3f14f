import { RpcError } from '@cablegram/mtproto'
import { showRefusal } from '../refusal-text.ts'

/** A refusal of the server as JSON; the fields are those of `RpcError`. */
export interface LoginProblem {
  readonly code: number
  readonly type: string
  readonly argument?: number | undefined
  /** The text on the wire. */
  readonly message: string
  readonly method?: string | undefined
}

/** A refusal as a problem. */
export function problemOf({ code, type, argument, message, method }: RpcError): LoginProblem {
  return { code, type, argument, message, method }
}

/** A problem as a refusal, which prints as those of calls do. */
export function errorOf({ code, message, method }: LoginProblem): RpcError {
  const error = new RpcError(code, message, method)
  showRefusal(error, errorOf)
  return error
}

/** The error as a refusal. @throws any other error, such as a lost connection */
export function refusalIn(error: unknown): RpcError {
  if (error instanceof RpcError) return error
  throw error
}
