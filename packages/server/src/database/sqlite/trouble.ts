import { StoreError } from '../errors.ts'
import type { Database } from './database.ts'

/** Time between two tries of a disk that takes no writes. */
const RETRY_MS = 10_000
/** Room that has to be there again: a full disk still takes a page now and then. */
const ROOM_BYTES = 65_536

/** Finds out whether the store can do its work. */
export interface TroubleWatch {
  /** The reason why it cannot; undefined if it can. While writes fail, this tries one. */
  find(): Promise<StoreError | undefined>
  close(): void
}

/** Tries the disk again from time to time while it takes no writes. */
export function watchTrouble(db: Database): TroubleWatch {
  const answers = db.prepare('SELECT 1 FROM schema_version')
  // Beside the check of the secret, which is the first row. A crash may leave one here until the next time.
  const addRoom = db.prepare(`INSERT INTO secret_check (sealed_text) VALUES (zeroblob(${ROOM_BYTES}))`)
  const removeRoom = db.prepare(`DELETE FROM secret_check WHERE length(sealed_text) = ${ROOM_BYTES}`)
  let timer: NodeJS.Timeout | undefined

  async function find(): Promise<StoreError | undefined> {
    try {
      await db.read(() => answers.get())
      if (db.trouble === undefined) return undefined
      await db.write(() => addRoom.run())
      await db.write(() => removeRoom.run())
      db.endTrouble()
      return undefined
    } catch (error) {
      return error instanceof StoreError ? error : new StoreError('STORE_FAILED', 'the store does not answer')
    }
  }

  function tryAgain(): void {
    void find().then((trouble) => {
      if (trouble !== undefined) timer = setTimeout(tryAgain, RETRY_MS).unref()
    })
  }

  db.onTrouble(() => {
    clearTimeout(timer)
    timer = setTimeout(tryAgain, RETRY_MS).unref()
  })
  return { find, close: () => clearTimeout(timer) }
}
