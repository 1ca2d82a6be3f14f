import { MtprotoError } from '@cablegram/tl'

/** Next steps for the operator when the store fails, by error code. */
const NEXT: Readonly<Record<string, string>> = {
  STORE_FULL: 'Free space on the disk of the data folder; the server goes on by itself.',
  STORE_READ_ONLY: 'Make the data folder and its disk writable again, then restart the server.',
  STORE_FAILED: 'Look into the log of the server, and check the disk of the data folder.',
  STORE_CLOSED: 'Start the server again.',
}

/** The store's error, as the console tells it; undefined for all other errors. */
export function storeTrouble(error: unknown): { code: string; message: string; next: string } | undefined {
  if (!(error instanceof MtprotoError)) return undefined
  const { code, message } = error
  if (typeof code !== 'string') return undefined
  const next = NEXT[code]
  return next === undefined ? undefined : { code, message: `The store failed: ${message}.`, next }
}
