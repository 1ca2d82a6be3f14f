/** Every figure of two-step verification. */
export interface PasswordSettings {
  /** How long a question can be answered. */
  readonly questionLifetimeS: number
  /**
   * Wrong passwords of an account in any `windowS`. The last of them locks it for as long, each further one for twice as
   * long as the one before, up to `maxWaitS`; after as long without one the count begins anew. Never off.
   */
  readonly limit: { readonly max: number; readonly windowS: number; readonly maxWaitS: number }
  /** How long a key whose first factor was right can give the password. */
  readonly pendingLoginLifetimeS: number
  /** Codes to the recovery address, and to one that is to be it. */
  readonly emailCode: {
    readonly length: number
    readonly lifetimeS: number
    /** Guesses at one code. Never off. */
    readonly maxAttempts: number
    /** Asked for again within this, no second mail goes out. */
    readonly repeatWithinS: number
    /** Mails for an account, and mails to an address, in any `windowS`. */
    readonly sends: { readonly max: number; readonly windowS: number }
    /** How long a change waits for its address to be confirmed; the code may be sent anew until then. */
    readonly unconfirmedForS: number
  }
  /** How long after it was asked for a password can be taken away without giving it. */
  readonly resetAfterS: number
  /** How long after one was declined another reset can be asked for. */
  readonly resetRetryS: number
  /** Whether a key may ask for it that has only the first factor, and not just one that is signed in. */
  readonly resetWhilePending: boolean
  /** How long after it was asked for an account with a password can be deleted without giving it. */
  readonly deleteAfterS: number
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The figures where nothing else is set. */
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
