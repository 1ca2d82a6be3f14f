import { int, isNull } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { ResetPassword, ResetPasswordOutcome } from './words.ts'

const find = sql`SELECT reset_at_ms, reset_retry_at_ms, delete_at_ms FROM passwords WHERE user_id = :userId`
const requestReset = sql`UPDATE passwords SET reset_at_ms = :resetAtMs WHERE user_id = :userId`
const declineReset = sql`
  UPDATE passwords SET reset_at_ms = NULL, reset_retry_at_ms = :retryAtMs
  WHERE user_id = :userId AND reset_at_ms IS NOT NULL`
const requestDeletion = sql`UPDATE passwords SET delete_at_ms = :deleteAtMs WHERE user_id = :userId`

/** Asks for the password to be taken away later. `reset` says that its time has come: the caller takes it away. */
export function* requestPasswordReset({
  userId,
  resetAtMs,
  nowMs,
}: ResetPassword): Decision<ResetPasswordOutcome> {
  const row = yield* find.row({ userId })
  if (row === undefined) return { kind: 'noPassword' }
  if (!isNull(row, 'reset_at_ms')) {
    const untilMs = int(row, 'reset_at_ms')
    return untilMs <= nowMs ? { kind: 'reset' } : { kind: 'waits', untilMs, fresh: false }
  }
  const retryAtMs = isNull(row, 'reset_retry_at_ms') ? 0 : int(row, 'reset_retry_at_ms')
  if (retryAtMs > nowMs) return { kind: 'declined', untilMs: retryAtMs }
  yield* requestReset.send({ userId, resetAtMs })
  return { kind: 'waits', untilMs: resetAtMs, fresh: true }
}

/** Calls a reset off; nobody can ask for another one before `retryAtMs`. False if nobody had asked for one. */
export function* callOffPasswordReset(userId: bigint, retryAtMs: number): Decision<boolean> {
  return (yield* declineReset.run({ userId, retryAtMs })) > 0
}

/** The time of the reset that somebody has asked for; undefined if nobody has. */
export function* findPasswordReset(userId: bigint): Decision<number | undefined> {
  const row = yield* find.row({ userId })
  return row === undefined || isNull(row, 'reset_at_ms') ? undefined : int(row, 'reset_at_ms')
}

/** Delays a deletion without the password. @returns until when; undefined if nothing keeps the account any more */
export function* delayDeletion(
  userId: bigint,
  deleteAtMs: number,
  nowMs: number,
): Decision<{ readonly untilMs: number; readonly fresh: boolean } | undefined> {
  const row = yield* find.row({ userId })
  if (row === undefined) return undefined
  if (!isNull(row, 'delete_at_ms')) {
    const untilMs = int(row, 'delete_at_ms')
    return untilMs <= nowMs ? undefined : { untilMs, fresh: false }
  }
  yield* requestDeletion.send({ userId, deleteAtMs })
  return { untilMs: deleteAtMs, fresh: true }
}
