import { RpcError } from '@cablegram/mtproto'
import type { Errors } from '@cablegram/tl/api'

/** The errors any method may answer with. */
export type GlobalErrorType =
  | 'FLOOD_WAIT'
  | 'FLOOD_PREMIUM_WAIT'
  | 'PHONE_MIGRATE'
  | 'NETWORK_MIGRATE'
  | 'USER_MIGRATE'
  | 'AUTH_KEY_UNREGISTERED'
  | 'AUTH_KEY_INVALID'
  | 'AUTH_KEY_PERM_EMPTY'
  | 'AUTH_KEY_DUPLICATED'
  | 'SESSION_EXPIRED'
  | 'SESSION_REVOKED'
  | 'SESSION_PASSWORD_NEEDED'
  | 'USER_DEACTIVATED'
  | 'USER_DEACTIVATED_BAN'
  | 'METHOD_NOT_IMPLEMENTED'
  | 'INPUT_REQUEST_TOO_LONG'
  | 'INTERNAL'

/** Exactly the error types the documentation of a method lists. */
export type DocumentedErrorType<Method extends keyof Errors> = Errors[Method]

/** An error of a method: what its documentation lists, and what any method may answer. */
export type MethodError<Method extends keyof Errors> = RpcError & {
  readonly method: Method
  readonly type: DocumentedErrorType<Method> | GlobalErrorType
}

/**
 * Whether an error is the server's refusal of that method; its `type` can then be compared with the errors of the
 * method's documentation, and with no others by a slip of the pen.
 */
export function isRpcError<Method extends keyof Errors>(
  error: unknown,
  method: Method,
): error is MethodError<Method> {
  return error instanceof RpcError && error.method === method
}
