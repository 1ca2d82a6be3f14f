/** How long to wait between attempts to connect. */
export interface BackoffOptions {
  readonly firstMs: number
  readonly maxMs: number
}

/** Pauses of 0.2 s, doubling up to 5 s: a call has its minute for several attempts. */
export const DEFAULT_BACKOFF: BackoffOptions = { firstMs: 200, maxMs: 5_000 }

/**
 * The pause before an attempt: doubles with each failure up to `maxMs`, and is between half of that and all
 * of it at random, so that the clients of a server that was away do not all come back in the same instant.
 *
 * @param failures how many attempts have failed in a row, from 1
 * @param fraction a random number, 0 ≤ fraction < 1
 */
export function backoffMs(
  failures: number,
  fraction: number,
  options: BackoffOptions = DEFAULT_BACKOFF,
): number {
  const full = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(failures - 1, 30))
  return Math.round(full * (0.5 + fraction / 2))
}
