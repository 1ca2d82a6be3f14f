import { StoreError, type StoreErrorCode } from '../database/index.ts'

/** Next steps for the operator when the store fails, by error code. */
const NEXT: { readonly [Code in StoreErrorCode]: string } = {
  STORE_FULL: 'Free space on the disk of the data; the server goes on by itself.',
  STORE_READ_ONLY:
    'Make the data folder and its disk writable again, then restart the server; a database, make it the primary.',
  STORE_UNREACHABLE: 'Start PostgreSQL, or mend the network between; the server goes on by itself.',
  STORE_LATE: 'Look for what keeps PostgreSQL busy, or give it more room; repeat the call.',
  STORE_FAILED: 'Look into the log of the server, and check the disk of the data.',
  STORE_CLOSED: 'Start the server again.',
}

/** The store's error, as the console tells it; undefined for all other errors. */
export function storeTrouble(error: unknown): { code: string; message: string; next: string } | undefined {
  if (!(error instanceof StoreError)) return undefined
  const { code, message } = error
  return { code, message: `The store failed: ${message}.`, next: NEXT[code] }
}
