/** All settings of two-step verification. */
export interface PasswordSettings {
  /** Lifetime of a challenge. */
  readonly questionLifetimeS: number
  /**
   * Wrong passwords of an account in a rolling window. The last one locks the account for `windowS`; each further one locks
   * it for twice as long, up to `maxWaitS`. The count starts again `maxWaitS` after the last lock has ended. Cannot be turned
   * off.
   */
  readonly limit: { readonly max: number; readonly windowS: number; readonly maxWaitS: number }
  /** Time in which a key that gave the first factor can give the password. */
  readonly pendingLoginLifetimeS: number
  /** Codes sent to the recovery address, or to a new one. */
  readonly emailCode: {
    readonly length: number
    readonly lifetimeS: number
    /** Guesses at one code. Cannot be turned off. */
    readonly maxAttempts: number
    /** Time within which a repeated request sends no second mail. */
    readonly repeatWithinS: number
    /** Mails for an account, and mails to an address, in a rolling window. */
    readonly sends: { readonly max: number; readonly windowS: number }
    /** Time in which a change waits for its address to be confirmed; the code may be sent again meanwhile. */
    readonly unconfirmedForS: number
  }
  /** Time from the request until a password can be removed without giving it. */
  readonly resetAfterS: number
  /** Time from a declined reset until the next one can be requested. */
  readonly resetRetryS: number
  /** True if a key that gave only the first factor may request a reset; otherwise only a signed-in one may. */
  readonly resetWhilePending: boolean
  /** Time from the request until an account with a password can be deleted without giving it. */
  readonly deleteAfterS: number
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The defaults. */
export const PASSWORD_SETTINGS: PasswordSettings = {
  questionLifetimeS: 10 * MINUTE,
  limit: { max: 5, windowS: HOUR, maxWaitS: DAY },
  pendingLoginLifetimeS: DAY,
  emailCode: {
    length: 6,
    lifetimeS: HOUR,
    maxAttempts: 5,
    repeatWithinS: MINUTE,
    sends: { max: 10, windowS: HOUR },
    unconfirmedForS: DAY,
  },
  resetAfterS: 7 * DAY,
  resetRetryS: DAY,
  resetWhilePending: true,
  deleteAfterS: 7 * DAY,
}
