import { int, isNull } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { ResetPasswordOutcome } from './words.ts'

/** What is done without a password once some time has passed; to be used inside a write. */
export interface PasswordDelays {
  /** `reset` says that its time has come: the password is the caller's to take away. */
  reset(userId: bigint, resetAtMs: number, nowMs: number): ResetPasswordOutcome
  declineReset(userId: bigint, retryAtMs: number): boolean
  /** Until when the account cannot be deleted without its password; undefined where nothing keeps it. */
  deletion(
    userId: bigint,
    deleteAtMs: number,
    nowMs: number,
  ): { readonly untilMs: number; readonly fresh: boolean } | undefined
}

/** The dates that stand with a password. */
export function preparePasswordDelays(db: Database): PasswordDelays {
  const find = db.prepare(
    'SELECT reset_at_ms, reset_retry_at_ms, delete_at_ms FROM passwords WHERE user_id = ?',
  )
  const request = db.prepare('UPDATE passwords SET reset_at_ms = :resetAtMs WHERE user_id = :userId')
  const decline = db.prepare(
    `UPDATE passwords SET reset_at_ms = NULL, reset_retry_at_ms = :retryAtMs
     WHERE user_id = :userId AND reset_at_ms IS NOT NULL`,
  )
  const requestDeletion = db.prepare(
    'UPDATE passwords SET delete_at_ms = :deleteAtMs WHERE user_id = :userId',
  )

  return {
    reset(userId, resetAtMs, nowMs) {
      const row = find.get(userId)
      if (row === undefined) return { kind: 'noPassword' }
      if (!isNull(row, 'reset_at_ms')) {
        const untilMs = int(row, 'reset_at_ms')
        return untilMs <= nowMs ? { kind: 'reset' } : { kind: 'waits', untilMs, fresh: false }
      }
      const retryAtMs = isNull(row, 'reset_retry_at_ms') ? 0 : int(row, 'reset_retry_at_ms')
      if (retryAtMs > nowMs) return { kind: 'declined', untilMs: retryAtMs }
      request.run({ userId, resetAtMs })
      return { kind: 'waits', untilMs: resetAtMs, fresh: true }
    },
    declineReset: (userId, retryAtMs) => decline.run({ userId, retryAtMs }).changes > 0,
    deletion(userId, deleteAtMs, nowMs) {
      const row = find.get(userId)
      if (row === undefined) return undefined
      if (!isNull(row, 'delete_at_ms')) {
        const untilMs = int(row, 'delete_at_ms')
        return untilMs <= nowMs ? undefined : { untilMs, fresh: false }
      }
      requestDeletion.run({ userId, deleteAtMs })
      return { untilMs: deleteAtMs, fresh: true }
    },
  }
}
