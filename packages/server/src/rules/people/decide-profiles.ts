import { text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { holdName, nameUser } from '../accounts/decide-usernames.ts'
import { tellNear } from './decide-told-people.ts'
import type { ProfileChange } from './words.ts'

const find = sql`SELECT first_name, last_name, about, username FROM users WHERE id = :userId`
const set = sql`
  UPDATE users SET first_name = :firstName, last_name = :lastName, about = :about WHERE id = :userId`

/** A change by a key, at a second of the rules' clock. */
export interface Changer {
  readonly userId: bigint
  readonly authKeyId: bigint
  readonly nowS: number
}

/** Changes names and description of an account. Those near it are told, if anything is new. */
export function* changeProfile(by: Changer, change: ProfileChange): Decision<void> {
  const { userId, authKeyId, nowS } = by
  const row = yield* find.row({ userId })
  if (row === undefined) return
  const before = {
    firstName: text(row, 'first_name'),
    lastName: text(row, 'last_name'),
    about: text(row, 'about'),
  }
  const after = { ...before, ...change }
  const hasNewName = after.firstName !== before.firstName || after.lastName !== before.lastName
  if (!hasNewName && after.about === before.about) return
  yield* set.send({ ...after, userId })
  const event = { kind: hasNewName ? 'userName' : 'user', subject: userId, atS: nowS } as const
  yield* tellNear(userId, event, authKeyId)
}

/** Gives an account another username, or none. Those near it are told. */
export function* changeUsername(
  { userId, authKeyId, nowS }: Changer,
  username: string,
): Decision<'changed' | 'same' | 'taken'> {
  yield* holdName(username)
  const row = yield* find.row({ userId })
  if ((row?.['username'] ?? '') === username) return 'same'
  if (!(yield* nameUser(userId, username))) return 'taken'
  yield* tellNear(userId, { kind: 'userName', subject: userId, atS: nowS }, authKeyId)
  return 'changed'
}
