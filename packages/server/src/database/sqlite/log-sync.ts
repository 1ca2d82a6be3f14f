import { closeSync, fdatasync, openSync } from 'node:fs'

/** Makes what has been committed survive a power cut, without holding up the event loop. */
export interface LogSync {
  /** Resolves when everything that was in the log at the call is on the disk. */
  sync(): Promise<void>
  close(): void
}

/**
 * Syncs SQLite's write-ahead log in a thread of libuv's. No lock of SQLite's is on the log, so a descriptor of it may be
 * closed; one of the database must not be.
 *
 * @param file the database; the log lies beside it
 */
export function createLogSync(file: string): LogSync {
  let descriptor: number | undefined
  let syncing = 0
  let isClosed = false

  function closeUnused(): void {
    if (!isClosed || syncing > 0 || descriptor === undefined) return
    closeSync(descriptor)
    descriptor = undefined
  }

  return {
    sync() {
      descriptor ??= openSync(`${file}-wal`, 'r+')
      const synced = descriptor
      syncing += 1
      return new Promise((resolve, reject) => {
        fdatasync(synced, (error) => {
          syncing -= 1
          closeUnused()
          if (error === null) resolve()
          else reject(error)
        })
      })
    },
    close() {
      isClosed = true
      closeUnused()
    },
  }
}
