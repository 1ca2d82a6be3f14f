import { MtprotoError } from '@cablegram/tl'

/** A refusal of the console API: an HTTP status, and a body that says what to do next. */
export class ConsoleError extends MtprotoError {
  readonly code: string
  readonly status: ConsoleStatus
  /** The next step for the caller, one sentence. */
  readonly next: string

  constructor(status: ConsoleStatus, code: string, message: string, next: string) {
    super(message)
    this.status = status
    this.code = code
    this.next = next
  }
}

/** The statuses the console refuses with. */
export type ConsoleStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503
