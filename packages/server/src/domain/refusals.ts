import { RpcError } from '@cablegram/mtproto'

/**
 * Every refusal of the rules, by name, with the code it goes under. `_X` at the end stands for a number.
 * PHONE_NUMBER_INVALID is not here alone: Telegram documents it as a 400 and as a 406, and a setting chooses.
 */
const REFUSALS = {
  PHONE_MIGRATE_X: 303,
  USER_MIGRATE_X: 303,
  ACCESS_DENIED: 400,
  ACCESS_TOKEN_EXPIRED: 400,
  ACCESS_TOKEN_INVALID: 400,
  API_ID_INVALID: 400,
  API_ID_PUBLISHED_FLOOD: 400,
  AUTH_BYTES_INVALID: 400,
  AUTH_TOKEN_ALREADY_ACCEPTED: 400,
  AUTH_TOKEN_EXCEPTION: 400,
  AUTH_TOKEN_EXPIRED: 400,
  AUTH_TOKEN_INVALID: 400,
  AUTH_TOKEN_INVALIDX: 400,
  BOT_METHOD_INVALID: 400,
  CREDENTIAL_INVALID: 400,
  DC_ID_INVALID: 400,
  ENCRYPTED_MESSAGE_INVALID: 400,
  EXPIRES_AT_INVALID: 400,
  FIRSTNAME_INVALID: 400,
  HASH_INVALID: 400,
  LASTNAME_INVALID: 400,
  LIMIT_INVALID: 400,
  PASSKEY_ORIGIN_MISMATCH: 400,
  PHONE_CODE_EMPTY: 400,
  PHONE_CODE_EXPIRED: 400,
  PHONE_CODE_HASH_EMPTY: 400,
  PHONE_CODE_INVALID: 400,
  PHONE_NUMBER_APP_SIGNUP_FORBIDDEN: 400,
  PHONE_NUMBER_FLOOD: 400,
  PHONE_NUMBER_INVALID: 400,
  PHONE_NUMBER_OCCUPIED: 400,
  PHONE_NUMBER_UNOCCUPIED: 400,
  SMS_CODE_CREATE_FAILED: 400,
  TEMP_AUTH_KEY_ALREADY_BOUND: 400,
  TEMP_AUTH_KEY_EMPTY: 400,
  TTL_DAYS_INVALID: 400,
  USERNAME_INVALID: 400,
  USERNAME_OCCUPIED: 400,
  USER_BOT_REQUIRED: 400,
  USER_ID_INVALID: 400,
  WEBAUTH_TOKEN_EXPIRED: 400,
  AUTH_KEY_PERM_EMPTY: 401,
  AUTH_KEY_UNREGISTERED: 401,
  SESSION_EXPIRED: 401,
  SESSION_PASSWORD_NEEDED: 401,
  SESSION_REVOKED: 401,
  USER_DEACTIVATED: 401,
  AUTH_KEY_DUPLICATED: 406,
  FRESH_RESET_AUTHORISATION_FORBIDDEN: 406,
  PHONE_PASSWORD_FLOOD: 406,
  SEND_CODE_UNAVAILABLE: 406,
  UPDATE_APP_TO_LOGIN: 406,
  FLOOD_WAIT_X: 420,
  'No workers running': -500,
} as const

/** The name of a refusal, as the rules know it. */
export type Refusal = keyof typeof REFUSALS

/** What is not the same each time a refusal is made. */
export interface RefusalDetails {
  /** Stands where the name says X. */
  readonly x?: number
  /** Instead of the usual code. */
  readonly code?: number
}

/** The error of a rule that says no. */
export function refusal(name: Refusal, details: RefusalDetails = {}): RpcError {
  const text = details.x === undefined ? name : name.replace(/X$/, String(details.x))
  return new RpcError(details.code ?? REFUSALS[name], text)
}
