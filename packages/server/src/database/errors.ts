import { MtprotoError } from '@cablegram/tl'

/** Reasons why the store could not do what was asked. */
export type StoreErrorCode =
  | 'STORE_FULL'
  | 'STORE_READ_ONLY'
  | 'STORE_UNREACHABLE'
  | 'STORE_LATE'
  | 'STORE_CLOSED'
  | 'STORE_FAILED'

/** The store could not do it, and nothing of it was done. `code` says why; the engine's own error is `cause`. */
export class StoreError extends MtprotoError {
  readonly code: StoreErrorCode
  /** The engine's own number for it; undefined where it was not the engine that failed. */
  readonly engineCode: number | undefined

  constructor(
    code: StoreErrorCode,
    message: string,
    options?: ErrorOptions & { engineCode?: number | undefined },
  ) {
    super(message, options)
    this.code = code
    this.engineCode = options?.engineCode
  }
}
