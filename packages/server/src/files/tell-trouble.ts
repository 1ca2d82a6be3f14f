import { StoreError, type StoreErrorCode } from '../database/errors.ts'
import type { FileStore } from './port.ts'

/** Trouble that lasts, and fails one write after the other. */
const LASTING: ReadonlySet<StoreErrorCode> = new Set(['STORE_FULL', 'STORE_READ_ONLY'])
/** While it lasts it is told so often: a line for each part of each client would fill the log. */
const TELL_EVERY_MS = 600_000

/** Whom the trouble of a store of files is told. */
export interface TroubleListener {
  readonly nowMs: () => number
  readonly tell: (trouble: StoreError) => void
}

/** Files as before; the operator is told once, and every ten minutes while it lasts, that the place of files takes no writes. */
export function tellTrouble(files: FileStore, { nowMs, tell }: TroubleListener): FileStore {
  let toldAtMs = Number.NEGATIVE_INFINITY
  const note = (error: unknown): never => {
    const isLasting = error instanceof StoreError && LASTING.has(error.code)
    if (isLasting && nowMs() - toldAtMs >= TELL_EVERY_MS) {
      toldAtMs = nowMs()
      tell(error)
    }
    throw error
  }
  return {
    ...files,
    put: (pieces) => files.put(pieces).catch(note),
    parts: {
      ...files.parts,
      put: (upload, part, bytes) => files.parts.put(upload, part, bytes).catch(note),
    },
  }
}
