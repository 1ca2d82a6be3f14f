import { RpcError } from '@cablegram/mtproto'
import type { MethodErrors, UndocumentedErrors } from '@cablegram/tl/errors'

/** Errors of the same type under each of these codes. */
type Under<Code extends number, Type extends string> = Type extends unknown
  ? { readonly code: Code; readonly type: Type }
  : never

/** The errors any method may answer with, by code and type. */
export type GlobalError =
  | Under<303, 'PHONE_MIGRATE' | 'NETWORK_MIGRATE' | 'USER_MIGRATE' | 'STATS_MIGRATE'>
  | Under<
      400,
      | 'CONNECTION_NOT_INITED'
      | 'CONNECTION_API_ID_INVALID'
      | 'CONNECTION_APP_VERSION_EMPTY'
      | 'CONNECTION_DEVICE_MODEL_EMPTY'
      | 'CONNECTION_LANG_PACK_INVALID'
      | 'CONNECTION_LAYER_INVALID'
      | 'CONNECTION_SYSTEM_EMPTY'
      | 'CONNECTION_SYSTEM_LANG_CODE_EMPTY'
      | 'INPUT_METHOD_INVALID'
      | 'INPUT_FETCH_ERROR'
      | 'INPUT_LAYER_INVALID'
      | 'INPUT_REQUEST_TOO_LONG'
      | 'BOT_METHOD_INVALID'
      | 'CDN_METHOD_INVALID'
      | 'USER_BOT_REQUIRED'
      | 'METHOD_NOT_IMPLEMENTED'
      | 'MSG_WAIT_FAILED'
      | 'MSG_WAIT_TIMEOUT'
    >
  | Under<
      401,
      | 'AUTH_KEY_UNREGISTERED'
      | 'AUTH_KEY_INVALID'
      | 'AUTH_KEY_PERM_EMPTY'
      | 'SESSION_EXPIRED'
      | 'SESSION_REVOKED'
      | 'SESSION_PASSWORD_NEEDED'
      | 'USER_DEACTIVATED'
      | 'USER_DEACTIVATED_BAN'
    >
  | Under<406, 'AUTH_KEY_DUPLICATED'>
  | Under<420, 'FLOOD_WAIT' | 'FLOOD_PREMIUM_WAIT'>
  | Under<500, 'INTERNAL' | 'RPC_ANSWER_LOST'>
  | Under<-500, 'No workers running'>
  | Under<-503, 'MSG_WAIT_TIMEOUT' | 'Timeout'>

/** The types of the errors any method may answer with. */
export type GlobalErrorType = GlobalError['type']

/** The code that the schema's documentation leaves out where it lists the same type under another one. */
type UnderTwoCodes = {
  readonly [Method in
    | 'auth.sendCode'
    | 'auth.resendCode'
    | 'auth.cancelCode'
    | 'auth.signIn'
    | 'auth.signUp']: Under<400, 'PHONE_NUMBER_INVALID'>
}

/** Exactly the errors the documentation of a method lists, by code and type. */
export type DocumentedError<Method extends keyof MethodErrors> =
  | MethodErrors[Method]
  | (Method extends keyof UnderTwoCodes ? UnderTwoCodes[Method] : never)

/** Exactly the error types the documentation of a method lists. */
export type DocumentedErrorType<Method extends keyof MethodErrors> = DocumentedError<Method>['type']

/** Every error a method may answer with, by code and type. */
export type AnsweredError<Method extends keyof MethodErrors> =
  | DocumentedError<Method>
  | (Method extends keyof UndocumentedErrors ? UndocumentedErrors[Method] : never)
  | GlobalError

/** An error of a method: what its documentation lists, what else is known of it, and what any method may answer. */
export type RpcErrorOf<Method extends keyof MethodErrors> = RpcError & {
  readonly method: Method
} & AnsweredError<Method>

/**
 * Whether an error is the server's refusal, with a method only of that one: its `code` and `type` can then be compared with
 * those the method is known to answer with, and with no others by a slip of the pen.
 *
 * @example
 * ```ts
 * import { isRpcError, type TelegramClient } from '@cablegram/client'
 *
 * export async function nameOf(client: TelegramClient): Promise<string> {
 *   try {
 *     const [user] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
 *     return user?._ === 'user' ? (user.firstName ?? '') : ''
 *   } catch (error) {
 *     if (isRpcError(error, 'users.getUsers') && error.code === 401) return 'nobody is signed in'
 *     throw error
 *   }
 * }
 * ```
 */
export function isRpcError(error: unknown): error is RpcError
export function isRpcError<Method extends keyof MethodErrors>(
  error: unknown,
  method: Method,
): error is RpcErrorOf<Method>
export function isRpcError(error: unknown, method?: keyof MethodErrors): boolean {
  return error instanceof RpcError && (method === undefined || error.method === method)
}
