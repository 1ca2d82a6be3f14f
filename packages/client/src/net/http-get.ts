/** Limits of a request for a document. */
export interface HttpLimits {
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly token?: string | undefined
  /** Gives the request up. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks for a document, with a bearer token if need be; `text` is cut after `maxBytes`. Rejects with the system's error,
 * at the timeout, or with the reason of the signal.
 */
export type HttpGet = (
  url: URL,
  limits: HttpLimits,
) => Promise<{ readonly status: number; readonly text: string }>
