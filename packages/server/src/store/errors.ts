import { MtprotoError } from '@cablegram/tl'

/** Why the store could not do what was asked. */
export type StoreErrorCode = 'STORE_FULL' | 'STORE_READ_ONLY' | 'STORE_CLOSED' | 'STORE_FAILED'

/** The store could not do it, and nothing of it was done. `code` says why; the engine's own error is `cause`. */
export class StoreError extends MtprotoError {
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
